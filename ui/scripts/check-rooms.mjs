// Imports run one way: app → pages → shared → api; a page never imports another page.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../src')
const MAY_IMPORT = {
  app: ['app', 'shared', 'api'],
  pages: ['shared', 'api'],
  shared: ['shared', 'api'],
  api: ['api'],
}

export function roomOf(file) {
  const [room, page] = relative(root, file).split(sep)
  return { room, page }
}

export function complaint(file, wanted) {
  if (!wanted.startsWith('.')) return null
  const from = roomOf(file)
  const to = roomOf(resolve(dirname(file), wanted))
  if (from.room === 'pages' && to.room === 'pages') {
    return from.page === to.page ? null : `page ${from.page} imports page ${to.page}`
  }
  if (MAY_IMPORT[from.room]?.includes(to.room)) return null
  return `${from.room} imports ${to.room}`
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesUnder(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}

const found = []
for (const file of filesUnder(root)) {
  const text = readFileSync(file, 'utf8')
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    const why = complaint(file, match[1])
    if (why) found.push(`${relative(root, file)}: ${why} (${match[1]})`)
  }
}
if (found.length) {
  console.error(`Imports against the map of rooms:\n${found.join('\n')}`)
  process.exit(1)
}
console.log('Imports keep to the map of rooms.')
