import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(process.cwd(), 'src')
const maxLines = 200
/** Lists of sentences are read by looking up, not from end to end. */
const maxTextLines = 300

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx|css)$/.test(file) && !file.endsWith('schema.d.ts'))
  .map((file) => file.replaceAll('\\', '/'))
const sources = files.filter((file) => !file.includes('.test.'))

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map((match) =>
    relative(root, join(root, dirname(file), match[1] ?? '')).replaceAll('\\', '/'),
  )
}

function featureOf(path: string): string | undefined {
  return /^features\/([^/]+)\//.exec(path)?.[1]
}

/** What each part may import beside itself. */
const allowed: Record<string, readonly string[]> = {
  api: ['i18n'],
  i18n: [],
  ui: ['api', 'i18n'],
  features: ['api', 'ui', 'i18n', 'app/search-params'],
  app: ['api', 'ui', 'i18n', 'features'],
}

describe('the rules of the code', () => {
  it.each(sources)('%s imports only what it may', (file) => {
    const part = file.split('/')[0] ?? ''
    const own = featureOf(file)
    for (const target of importsOf(file)) {
      if (own !== undefined && featureOf(target) !== undefined) expect(featureOf(target), target).toBe(own)
      const isFine =
        target.startsWith(`${part}/`) ||
        target === part ||
        allowed[part]?.some((name) => target === name || target.startsWith(`${name}/`))
      if (allowed[part]) expect(isFine, `${file} imports ${target}`).toBe(true)
    }
  })

  it.each(sources.filter((file) => /^features\/[^/]+\/model\//.test(file)))('%s is pure', (file) => {
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/from 'react|\bfetch\(/)
  })

  it.each(sources)('%s is short', (file) => {
    const most = file.startsWith('i18n/en/') ? maxTextLines : maxLines
    expect(readFileSync(join(root, file), 'utf8').split('\n').length).toBeLessThanOrEqual(most)
  })

  it.each(sources.filter((file) => file.endsWith('.tsx')))('%s exports at most one component', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const components = text.match(/^export (?:function|const|class) [A-Z]\w*/gm) ?? []
    expect(components.length, components.join()).toBeLessThanOrEqual(1)
  })

  it('has no raw HTML anywhere', () => {
    for (const file of sources)
      expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(
        /dangerouslySetInnerHTML|innerHTML|\beval\(/,
      )
  })
})
