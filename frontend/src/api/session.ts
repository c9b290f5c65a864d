import { networkError, problemFrom } from './problem'
import type { components } from './schema'

export type Session = components['schemas']['SessionView']
export type Membership = Session['organizations'][number]

/** What answers with a session and its cookie. */
export type EntryPath = '/v1/auth/login' | '/v1/setup'

type Message = { kind: 'session'; session: Session } | { kind: 'ended' }

/** What the session needs of the browser. `locks` exists only in a secure context. */
export type SessionDeps = {
  fetch: typeof fetch
  baseUrl: string
  locks?: Pick<LockManager, 'request'> | undefined
  channel?: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'> | undefined
}

const csrf = { 'X-Annals-CSRF': '1' }

/** The access token lives in this object's private field and nowhere else; the refresh token in an HttpOnly cookie. */
export class SessionStore {
  readonly #deps: SessionDeps
  readonly #listeners = new Set<() => void>()
  #session: Session | undefined
  #pending: Promise<Session | undefined> | undefined
  /** Counts the sessions begun and ended; an answer that was asked for in an older one is not taken. */
  #epoch = 0

  constructor(deps: SessionDeps) {
    this.#deps = deps
    deps.channel?.addEventListener('message', (event: MessageEvent<Message>) => {
      this.#epoch += 1
      this.#set(event.data.kind === 'session' ? event.data.session : undefined)
    })
  }

  current(): Session | undefined {
    return this.#session
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  signIn(email: string, password: string): Promise<Session> {
    return this.enter('/v1/auth/login', { email, password })
  }

  /** Whatever is answered with a session: signing in, the first run. */
  async enter(path: EntryPath, body: object): Promise<Session> {
    const headers = { 'Content-Type': 'application/json' }
    const response = await this.#post(path, { headers, body: JSON.stringify(body) })
    if (!response.ok) throw problemFrom(response, await json(response))
    this.#epoch += 1
    return this.#adopt(response)
  }

  async signOut(): Promise<void> {
    this.#epoch += 1
    // Its answer would set a cookie after this call has cleared it.
    await this.#pending?.catch(() => undefined)
    const response = await this.#post('/v1/auth/logout', { headers: csrf })
    if (!response.ok && response.status !== 401) throw problemFrom(response, await json(response))
    this.#epoch += 1
    this.#set(undefined)
    this.#share({ kind: 'ended' })
  }

  /** Asks for a new access token, once per browser however many ask. Undefined: the session has ended. */
  refresh(staleToken?: string): Promise<Session | undefined> {
    if (this.#isFresh(staleToken)) return Promise.resolve(this.#session)
    this.#pending ??= this.#refreshAlone(staleToken).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /** The call with the token of the moment; a 401 refreshes once and tries once more. */
  readonly authorizedFetch = async (request: Request): Promise<Response> => {
    const token = this.#session?.access_token
    const response = await this.#deps.fetch(withToken(request.clone(), token))
    if (response.status !== 401) return response
    const renewed = await this.refresh(token)
    return renewed ? this.#deps.fetch(withToken(request, renewed.access_token)) : response
  }

  #isFresh(staleToken: string | undefined): boolean {
    return this.#session !== undefined && this.#session.access_token !== staleToken
  }

  async #refreshAlone(staleToken: string | undefined): Promise<Session | undefined> {
    const run = () => this.#refreshNow(staleToken)
    return this.#deps.locks ? await this.#deps.locks.request('annals-refresh', run) : await run()
  }

  async #refreshNow(staleToken: string | undefined): Promise<Session | undefined> {
    // Another tab may have done it while this one waited for the lock.
    if (this.#isFresh(staleToken)) return this.#session
    const epoch = this.#epoch
    const response = await this.#post('/v1/auth/refresh', { headers: csrf })
    if (epoch !== this.#epoch) return this.#session
    if (response.ok) return this.#adopt(response)
    if (response.status !== 401) throw problemFrom(response, await json(response))
    this.#set(undefined)
    return undefined
  }

  async #adopt(response: Response): Promise<Session> {
    const next: Session = await response.json()
    this.#set(next)
    this.#share({ kind: 'session', session: next })
    return next
  }

  #set(next: Session | undefined): void {
    this.#session = next
    for (const listener of this.#listeners) listener()
  }

  #share(message: Message): void {
    this.#deps.channel?.postMessage(message)
  }

  async #post(path: string, init: RequestInit): Promise<Response> {
    const { fetch, baseUrl } = this.#deps
    try {
      return await fetch(baseUrl + path, { method: 'POST', credentials: 'same-origin', ...init })
    } catch {
      throw networkError()
    }
  }
}

function withToken(request: Request, token: string | undefined): Request {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    return undefined
  }
}
