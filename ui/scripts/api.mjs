// Writes src/api/schema.d.ts from openapi.json; --check only tells whether it is up to date.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ui = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const tools = join(ui, 'tools/openapi')
const document = join(ui, 'openapi.json')
const target = join(ui, 'src/api/schema.d.ts')

function generate(output) {
  const program = join(tools, 'node_modules/openapi-typescript/bin/cli.js')
  if (!existsSync(program)) {
    execFileSync('npm', ['ci'], { cwd: tools, stdio: 'inherit', shell: process.platform === 'win32' })
  }
  execFileSync(process.execPath, [program, document, '--output', output, '--alphabetize'], {
    cwd: tools,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'chaintwin-api-'))
  const fresh = join(folder, 'schema.d.ts')
  generate(fresh)
  const same = readFileSync(fresh, 'utf8') === readFileSync(target, 'utf8')
  rmSync(folder, { recursive: true })
  if (!same) {
    console.error('src/api/schema.d.ts is older than openapi.json. Run `npm run api` and commit both.')
    process.exit(1)
  }
  console.log('src/api/schema.d.ts is up to date.')
} else {
  generate(target)
  console.log('Wrote src/api/schema.d.ts.')
}
