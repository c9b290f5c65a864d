import { describe, expect, it } from 'vitest'
import { ApiError } from '../../api/problem'
import { loginMessage } from './login-message'

function messageOf(status: number, retryAfterSeconds?: number): string {
  return loginMessage(
    new ApiError({ status, code: 'x', title: 'Title', detail: 'Detail', retryAfterSeconds }),
  )
}

describe('loginMessage', () => {
  it('does not say which of the two was wrong', () => {
    for (const status of [400, 401, 422]) expect(messageOf(status)).toBe('E-mail or password is wrong.')
  })

  it('says how long to wait', () => {
    expect(messageOf(429, 1)).toBe('Too many attempts. Try again in 1 second.')
    expect(messageOf(503, 5)).toBe('The service is busy. Try again in 5 seconds.')
    expect(messageOf(429)).toContain('30 seconds')
  })

  it('otherwise repeats the problem', () => {
    expect(messageOf(500)).toBe('Title: Detail')
  })
})
