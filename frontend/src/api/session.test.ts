import { describe, expect, it, vi } from 'vitest'
import { type Session, SessionStore } from './session'

function sessionOf(token: string, id = 'u_1'): Session {
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: 600,
    user: { id, email: 'ada@example.com', name: 'Ada', is_operator: false },
    organizations: [],
  }
}

/** A server whose access token is good until somebody refreshes. */
function fakeServer() {
  let generation = 0
  let isRefused = false
  let person = 'u_1'
  const refreshes: number[] = []
  const fetch = vi.fn(async (input: RequestInfo | URL, _init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input)
    if (url.endsWith('/v1/auth/refresh') && isRefused) return new Response('', { status: 401 })
    if (url.endsWith('/v1/auth/refresh')) {
      generation += 1
      refreshes.push(generation)
      return Response.json(sessionOf(`token-${generation}`))
    }
    if (url.endsWith('/v1/auth/login')) return Response.json(sessionOf(`token-${generation}`, person))
    const sent = input instanceof Request ? input.headers.get('authorization') : null
    return sent === `Bearer token-${generation}`
      ? Response.json({ ok: true })
      : new Response('', { status: 401 })
  })
  return {
    fetch,
    refreshes,
    expire: () => (generation += 1),
    refuseRefresh: () => {
      isRefused = true
    },
    becomes: (id: string) => {
      person = id
    },
  }
}

const request = () => new Request('http://annals.test/v1/orgs/acme/events')

describe('session', () => {
  it('refreshes once when several calls meet a 401 together', async () => {
    const server = fakeServer()
    const store = new SessionStore({ fetch: server.fetch, baseUrl: 'http://annals.test' })
    await store.enter('/v1/auth/login', { email: 'ada@example.com', password: 'secret' })
    server.expire()
    const answers = await Promise.all([1, 2, 3].map(() => store.authorizedFetch(request())))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    expect(server.refreshes).toHaveLength(1)
  })

  it('takes the token another tab got while it waited for the lock', async () => {
    const server = fakeServer()
    let hear: (event: MessageEvent) => void = () => {}
    const channel = {
      postMessage: vi.fn(),
      addEventListener: (_type: string, listener: (event: MessageEvent) => void) => {
        hear = listener
      },
    } as unknown as BroadcastChannel
    const locks = {
      request: async (_name: string, run: () => Promise<unknown>) => {
        hear(new MessageEvent('message', { data: { kind: 'session', session: sessionOf('token-of-tab-2') } }))
        return run()
      },
    } as unknown as LockManager
    const store = new SessionStore({ fetch: server.fetch, baseUrl: 'http://annals.test', locks, channel })
    const session = await store.refresh()
    expect(session?.access_token).toBe('token-of-tab-2')
    expect(server.refreshes).toHaveLength(0)
  })

  it('gives the 401 back and forgets the session when it has ended', async () => {
    const fetch = vi.fn(async () => new Response('{}', { status: 401 }))
    const store = new SessionStore({ fetch, baseUrl: 'http://annals.test' })
    const answer = await store.authorizedFetch(request())
    expect(answer.status).toBe(401)
    expect(store.current()).toBeUndefined()
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  it('waits, when the session has ended under the page, for its person to come back', async () => {
    const server = fakeServer()
    const store = new SessionStore({ fetch: server.fetch, baseUrl: 'http://annals.test' })
    await store.enter('/v1/auth/login', { email: 'ada@example.com', password: 'secret' })
    server.expire()
    server.refuseRefresh()
    const answers = Promise.all([1, 2].map(() => store.authorizedFetch(request())))
    await vi.waitFor(() => expect(store.ended.isOpen()).toBe(true))
    expect(store.current()?.user.name).toBe('Ada')
    await store.enter('/v1/auth/login', { email: 'ada@example.com', password: 'secret' })
    expect((await answers).map((answer) => answer.status)).toEqual([200, 200])
    expect(store.ended.isOpen()).toBe(false)
  })

  it('repeats nothing in the name of somebody else', async () => {
    const server = fakeServer()
    const store = new SessionStore({ fetch: server.fetch, baseUrl: 'http://annals.test' })
    await store.enter('/v1/auth/login', { email: 'ada@example.com', password: 'secret' })
    server.expire()
    server.refuseRefresh()
    const answer = store.authorizedFetch(request())
    await vi.waitFor(() => expect(store.ended.isOpen()).toBe(true))
    server.becomes('u_2')
    await store.enter('/v1/auth/login', { email: 'bob@example.com', password: 'secret' })
    expect((await answer).status).toBe(401)
  })

  it('does not take a wrong password for a session that has ended', async () => {
    const fetch = vi.fn(async () => Response.json({ code: 'invalid_credentials' }, { status: 401 }))
    const store = new SessionStore({ fetch, baseUrl: 'http://annals.test' })
    expect((await store.authorizedFetch(request())).status).toBe(401)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('answers the challenge of who has a second factor, and has no session yet', async () => {
    const challenge = { mfa_required: true, mfa_token: 'ann_mf_1', expires_in: 300 }
    const store = new SessionStore({ fetch: async () => Response.json(challenge), baseUrl: '' })
    expect(await store.enter('/v1/auth/login', {})).toEqual(challenge)
    expect(store.current()).toBeUndefined()
  })

  it('keeps the session when the refresh fails for another reason', async () => {
    const fetch = vi.fn(async (input: RequestInfo | URL) =>
      String(input).endsWith('/login') ? Response.json(sessionOf('a')) : new Response('', { status: 503 }),
    )
    const store = new SessionStore({ fetch, baseUrl: 'http://annals.test' })
    await store.enter('/v1/auth/login', { email: 'ada@example.com', password: 'secret' })
    await expect(store.refresh('a')).rejects.toMatchObject({ status: 503 })
    expect(store.current()?.access_token).toBe('a')
  })

  it('stays signed out when a refresh was under way', async () => {
    let answer: (response: Response) => void = () => {}
    const calls: string[] = []
    const postMessage = vi.fn()
    const channel = { postMessage, addEventListener: vi.fn() } as unknown as BroadcastChannel
    const fetch = vi.fn((input: RequestInfo | URL): Promise<Response> => {
      calls.push(String(input))
      if (!String(input).endsWith('/refresh')) return Promise.resolve(Response.json(sessionOf('a')))
      return new Promise((resolve) => {
        answer = resolve
      })
    })
    const store = new SessionStore({ fetch, baseUrl: 'http://annals.test', channel })
    await store.enter('/v1/auth/login', { email: 'ada@example.com', password: 'secret' })
    const refreshing = store.refresh('a')
    const signingOut = store.signOut()
    answer(Response.json(sessionOf('b')))
    await Promise.all([refreshing, signingOut])
    expect(store.current()).toBeUndefined()
    expect(calls.at(-1)).toMatch(/logout$/)
    expect(postMessage).toHaveBeenLastCalledWith({ kind: 'ended' })
    expect(JSON.stringify(postMessage.mock.calls)).not.toContain('"b"')
  })
})
