import { expect, it } from 'vitest'
import { slugOf } from './slug'

it.each([
  ['Acme Corp', 'acme-corp'],
  ['  Åcme & Sons, Ltd. ', 'acme-sons-ltd'],
  ['東京', ''],
  ['a'.repeat(80), 'a'.repeat(63)],
])('makes of %s the slug %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})
