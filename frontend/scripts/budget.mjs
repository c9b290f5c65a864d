// What a first visit downloads, summed from Vite's manifest, gzip -9. Over the budget is a failure.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const pages = [
  { name: 'login', entries: ['index.html'], jsBudgetKb: 125 },
  {
    name: 'log',
    entries: ['index.html', 'src/app/shell.tsx', 'src/features/events/events-page.tsx'],
    jsBudgetKb: 200,
  },
  {
    name: 'catalog',
    entries: ['index.html', 'src/app/shell.tsx', 'src/features/catalog/catalog-page.tsx'],
    jsBudgetKb: 200,
  },
  {
    name: 'keys',
    entries: ['index.html', 'src/app/shell.tsx', 'src/features/keys/keys-page.tsx'],
    jsBudgetKb: 200,
  },
  {
    name: 'team',
    entries: ['index.html', 'src/app/shell.tsx', 'src/features/team/team-page.tsx'],
    jsBudgetKb: 200,
  },
]
const cssBudgetKb = 12

function collect(key, files) {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`${key} is not in the manifest`)
  if (files.has(chunk.file)) return
  files.add(chunk.file)
  for (const file of chunk.css ?? []) files.add(file)
  for (const imported of chunk.imports ?? []) collect(imported, files)
}

function sizeKb(files, extension) {
  const sizes = [...files]
    .filter((file) => file.endsWith(extension))
    .map((file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length)
  return sizes.reduce((sum, size) => sum + size, 0) / 1000
}

let isOver = false
function report(page, kind, kb, budgetKb) {
  const isFine = kb <= budgetKb
  isOver ||= !isFine
  console.log(`${isFine ? 'ok  ' : 'OVER'} ${page} ${kind} ${kb.toFixed(1)} kB gz of ${budgetKb}`)
}

for (const page of pages) {
  const files = new Set()
  for (const entry of page.entries) collect(entry, files)
  report(page.name, 'JS ', sizeKb(files, '.js'), page.jsBudgetKb)
  report(page.name, 'CSS', sizeKb(files, '.css'), cssBudgetKb)
}
process.exit(isOver ? 1 : 0)
