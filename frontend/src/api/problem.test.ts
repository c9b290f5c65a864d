import { describe, expect, it } from 'vitest'
import { ApiError, parseRetryAfter, problemFrom, toApiError } from './problem'

describe('problemFrom', () => {
  it('reads problem+json', () => {
    const response = new Response('', { status: 403, headers: { 'retry-after': '7' } })
    const error = problemFrom(response, {
      type: 'about:blank',
      title: 'Not allowed',
      status: 403,
      code: 'forbidden',
      detail: 'Members see no log.',
      request_id: 'req_1',
    })
    expect(error).toMatchObject({
      status: 403,
      code: 'forbidden',
      title: 'Not allowed',
      detail: 'Members see no log.',
      requestId: 'req_1',
      retryAfterSeconds: 7,
    })
  })

  it('keeps the message of every field error', () => {
    const body = {
      title: 'Invalid',
      code: 'invalid',
      errors: [
        { pointer: '/limit', code: 'range', message: 'limit is 1 to 1000' },
        { pointer: '/since', code: 'time', message: 'since is a time' },
        'not an error',
      ],
    }
    const error = problemFrom(new Response('', { status: 400 }), body)
    expect(error.messages).toEqual(['limit is 1 to 1000', 'since is a time'])
    expect(error.isRefusal).toBe(true)
    for (const status of [408, 429, 500])
      expect(problemFrom(new Response('', { status }), {}).isRefusal).toBe(false)
  })

  it('survives an answer that is no problem at all', () => {
    expect(problemFrom(new Response('', { status: 502 }), '<html>').code).toBe('unexpected')
    expect(problemFrom(new Response('', { status: 502 }), undefined).isTransient).toBe(true)
  })
})

describe('parseRetryAfter', () => {
  it('takes seconds and dates', () => {
    expect(parseRetryAfter('30', 0)).toBe(30)
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 15_000)).toBe(45)
    expect(parseRetryAfter('soon', 0)).toBeUndefined()
    expect(parseRetryAfter(null, 0)).toBeUndefined()
  })
})

describe('toApiError', () => {
  it('blames the network for nothing that the page did wrong', () => {
    expect(toApiError(new TypeError('x is not a function')).code).toBe('unexpected')
    const own = new ApiError({ status: 500, code: 'x', title: 'y' })
    expect(toApiError(own)).toBe(own)
  })
})
