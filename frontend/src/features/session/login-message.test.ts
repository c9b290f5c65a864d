import { describe, expect, it } from 'vitest'
import { ApiError } from '../../api/problem'
import { loginMessage } from './login-message'

function messageOf(status: number): string {
  return loginMessage(new ApiError({ status, code: 'x', title: 'Title', detail: 'Detail' }))
}

describe('loginMessage', () => {
  it('does not say which of the two was wrong', () => {
    for (const status of [400, 401, 422]) expect(messageOf(status)).toBe('E-mail or password is wrong.')
  })

  it('otherwise repeats the problem', () => {
    expect(messageOf(500)).toBe('Title: Detail')
  })
})
