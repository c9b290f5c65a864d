import createClient from 'openapi-fetch'
import { Gate } from './gate'
import { networkError, problemFrom, toApiError } from './problem'
import type { components, paths } from './schema'
import { SessionStore } from './session'

const baseUrl = document.querySelector<HTMLMetaElement>('meta[name="annals-api"]')?.content ?? ''

export const session = new SessionStore({
  fetch: (input, init) => fetch(input, init),
  baseUrl,
  locks: navigator.locks,
  channel: typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('annals-session'),
})

export const gate = new Gate(session)

export const api = createClient<paths>({ baseUrl, fetch: gate.fetch })

type Answer<T> = { data?: T | undefined; error?: unknown; response: Response }

/** The data of a call, or an ApiError. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await settled(call)
  if (answer.data === undefined) throw problemFrom(answer.response, answer.error)
  return answer.data
}

/** The same for what is answered without content. */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  const answer = await settled(call)
  if (!answer.response.ok) throw problemFrom(answer.response, answer.error)
}

function settled<T>(call: Promise<Answer<T>>): Promise<Answer<T>> {
  return call.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    // Here a TypeError is a fetch that got no answer; anywhere else it is a mistake of the page.
    throw cause instanceof TypeError ? networkError() : toApiError(cause)
  })
}

/** Proves who the person is, for the acts that want it: the session then counts as fresh for ten minutes. */
export async function prove(proof: components['schemas']['ReauthInput']): Promise<void> {
  session.take(await unwrap(api.POST('/v1/auth/reauth', { body: proof })))
  gate.proof.answer(true)
}

/** The absolute address of an API path, for the curl lines that the page shows. */
export function apiUrl(path: string): string {
  return (baseUrl || window.location.origin) + path
}
