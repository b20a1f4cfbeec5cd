// Builds the SDK: `npm run build`. The script that the gateway serves goes into the Python package and is committed,
// so that nobody needs Node to serve it; a test proves that it is what this file builds.
//   node build.mjs [--served FOLDER] [--package FOLDER]
import { build } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const { values: folders } = parseArgs({
  options: {
    served: { type: 'string', default: join(here, '../../src/zuji/collect/built') },
    package: { type: 'string', default: join(here, 'dist') },
  },
})
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'))

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  define: { VERSION: JSON.stringify(version) },
  banner: { js: `/*! zuji ${version} | Apache-2.0 */` },
}
const script = { ...shared, entryPoints: ['src/script.ts'], format: 'iife' }
const surveys = { ...shared, entryPoints: ['src/surveys/ask.ts'], format: 'iife' }
const overlay = { ...shared, entryPoints: ['src/overlay/open.ts'], format: 'iife' }
const snippet = { ...shared, entryPoints: ['src/snippet.ts'], format: 'iife', banner: {} }

for (const folder of [folders.served, folders.package]) {
  await build({ ...script, outfile: join(folder, 'zuji.js') })
  await build({ ...surveys, outfile: join(folder, 'surveys.js') })
  await build({ ...overlay, outfile: join(folder, 'overlay.js') })
  await build({ ...snippet, outfile: join(folder, 'snippet.js') })
}
await build({ ...shared, entryPoints: ['src/index.ts'], format: 'esm', outfile: join(folders.package, 'zuji.mjs') })
