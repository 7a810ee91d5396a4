// Checks an exported ledger with Go's own checksum-database packages, without anything of ours.
//
// usage: outsider FOLDER LOGKEY [WITNESSKEY] ; prints what it found good, one per line.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string) {
	if err != nil {
		fmt.Println("BAD", what, err)
		os.Exit(1)
	}
}

func require(ok bool, what string) {
	if !ok {
		fmt.Println("BAD", what)
		os.Exit(1)
	}
}

// witness checks cosignature/v1 (C2SP tlog-cosignature), which sumdb/note does not know itself.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) witness {
	parts := strings.SplitN(vkey, "+", 3)
	data, err := base64.StdEncoding.DecodeString(parts[2])
	must(err, "witness key")
	require(data[0] == 4, "witness key type")
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	return witness{parts[0], binary.BigEndian.Uint32(sum[:]), ed25519.PublicKey(data[1:])}
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, msg)
	return ed25519.Verify(w.key, []byte(signed), sig[8:])
}

func readTree(text string) tlog.Tree {
	lines := strings.Split(text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	hash, err := tlog.ParseHash(lines[2])
	must(err, "root")
	return tlog.Tree{N: size, Hash: hash}
}

// tiles reads tiles of height 8 from a folder; the paths of C2SP leave the height out.
type tiles struct{ folder string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func readEntries(folder string, size int64) [][]byte {
	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: n, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(folder, path))
		must(err, "entries")
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
	}
	return entries
}

type disclosed struct {
	Position int64
	Body     *int64
	Salt     []byte
	Lines    []string
	Root     []byte
}

func (d disclosed) digest() []byte {
	var content bytes.Buffer
	for number, line := range d.Lines {
		sum := sha256.Sum256([]byte(line))
		content.Write(sum[:])
		if number == 0 && d.Body == nil {
			content.Write(d.Root)
		}
	}
	sum := sha256.Sum256(append(append([]byte{}, d.Salt...), content.Bytes()...))
	return sum[:]
}

// checkGrowth checks the proof in the body of an add-checkpoint call (C2SP tlog-witness).
func checkGrowth(folder, request string, tree tlog.Tree, known []note.Verifier) {
	raw, err := os.ReadFile(filepath.Join(folder, "old"))
	must(err, "old")
	opened, err := note.Open(raw, note.VerifierList(known...))
	must(err, "old")
	old := readTree(opened.Text)
	lines := strings.Split(strings.SplitN(request, "\n\n", 2)[0], "\n")
	require(lines[0] == fmt.Sprintf("old %d", old.N), "old size")
	var proof tlog.TreeProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		must(err, "proof")
		proof = append(proof, hash)
	}
	must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash), "growth")
	fmt.Println("request proves growth from", old.N)
}

func main() {
	folder := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err, "key")
	known := []note.Verifier{verifier}
	if len(os.Args) > 3 {
		known = append(known, newWitness(os.Args[3]))
	}
	raw, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err, "checkpoint")
	opened, err := note.Open(raw, note.VerifierList(known...))
	must(err, "signature")
	for _, sig := range opened.Sigs {
		fmt.Println("signed by", sig.Name)
	}
	tree := readTree(opened.Text)
	reader := tlog.TileHashReader(tree, tiles{folder})

	entries := readEntries(folder, tree.N)
	require(int64(len(entries)) == tree.N, "number of entries")
	var stored []tlog.Hash
	storage := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, at := range indexes {
			found = append(found, stored[at])
		}
		return found, nil
	})
	for number, entry := range entries {
		more, err := tlog.StoredHashes(int64(number), entry, storage)
		must(err, "hashing")
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(tree.N, storage)
	must(err, "root")
	require(root == tree.Hash, "entries do not come to the root")
	fmt.Println("entries", len(entries))

	for number := int64(0); number < tree.N; number += 1 + tree.N/50 {
		proof, err := tlog.ProveRecord(tree.N, number, reader)
		must(err, "tiles")
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, number, tlog.RecordHash(entries[number])), "inclusion")
	}
	fmt.Println("tiles lead from entries to the root")

	older, _ := filepath.Glob(filepath.Join(folder, "checkpoints", "*"))
	for _, path := range older {
		raw, err := os.ReadFile(path)
		must(err, path)
		opened, err := note.Open(raw, note.VerifierList(known...))
		must(err, path)
		old := readTree(opened.Text)
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		must(err, path)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash), path)
		fmt.Println("continues", old.N, "signatures", len(opened.Sigs))
	}

	if request, err := os.ReadFile(filepath.Join(folder, "growth")); err == nil {
		checkGrowth(folder, string(request), tree, known)
	}

	file, err := os.Open(filepath.Join(folder, "disclosed.jsonl"))
	if err == nil {
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<26)
		for lines.Scan() {
			var one disclosed
			must(json.Unmarshal(lines.Bytes(), &one), "disclosed")
			require(bytes.Equal(one.digest(), entries[one.Position][1:33]), "disclosed leaf differs")
			fmt.Println("disclosed", one.Position)
		}
	}
}
