import { describe, expect, it } from 'vitest'
import { isUnencrypted } from './connection'

describe('isUnencrypted', () => {
  it.each([
    ['http:', 'annals.example', true],
    ['http:', '192.168.1.7', true],
    ['http:', 'localhost', false],
    ['http:', '127.0.0.1', false],
    ['http:', '[::1]', false],
    ['https:', 'annals.example', false],
  ])('%s//%s: %s', (protocol, hostname, expected) => {
    expect(isUnencrypted({ protocol, hostname })).toBe(expected)
  })
})
