// Adds up what each page loads, compressed as the server sends it; fails when a page is over its limit.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const KIB = 1024
const LIST_LIMIT = 350 * KIB
const ROUTE_LIMIT = 1.2 * KIB * KIB
const out = resolve(dirname(fileURLToPath(import.meta.url)), '../../src/chaintwin/web/static')
const manifest = JSON.parse(readFileSync(join(out, '.vite/manifest.json'), 'utf8'))

function closure(key, found = new Set()) {
  if (found.has(key)) return found
  found.add(key)
  for (const next of manifest[key].imports ?? []) closure(next, found)
  return found
}

function filesOf(keys) {
  const files = new Set()
  for (const key of keys) {
    files.add(manifest[key].file)
    for (const style of manifest[key].css ?? []) files.add(style)
  }
  return files
}

function weigh(files) {
  let plain = 0
  let packed = 0
  for (const file of files) {
    const data = readFileSync(join(out, file))
    plain += data.length
    packed += gzipSync(data, { level: 9 }).length
  }
  return { plain, packed }
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
const frame = closure(entry)
closure('src/shared/spoken.zh.ts', frame)
const pages = manifest[entry].dynamicImports.filter((key) => key.startsWith('src/pages/'))
let isOver = false
for (const page of pages) {
  const first = new Set([...frame, ...closure(page)])
  const all = new Set(first)
  for (const key of first) {
    if (!key.startsWith('src/pages/')) continue
    for (const later of manifest[key].dynamicImports ?? []) closure(later, all)
  }
  const shown = weigh(filesOf(first))
  const whole = weigh(filesOf(all))
  const over = shown.packed > LIST_LIMIT || whole.plain > 2 * ROUTE_LIMIT || whole.packed > ROUTE_LIMIT
  isOver ||= over
  const write = (bytes) => `${Math.round(bytes / KIB)} KiB`.padStart(9)
  console.log(`${over ? 'OVER' : 'ok  '} ${page.padEnd(36)} first ${write(shown.packed)}  with charts ${write(whole.packed)}`)
}
if (isOver) process.exit(1)
