import { t } from '../i18n'
import type { components } from './schema'

export type Problem = components['schemas']['Problem']

type Facts = {
  status: number
  code: string
  title: string
  detail?: string | undefined
  messages?: readonly string[]
  fields?: ReadonlyMap<string, string>
  requestId?: string | undefined
  retryAfterSeconds?: number | undefined
}

/** Everything that can go wrong with a call, in the words the page shows. Status 0: no answer came. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  /** Every broken rule, where the answer lists them. */
  readonly messages: readonly string[]
  /** The same by place: a JSON pointer into what was sent, or the name of a parameter. */
  readonly fields: ReadonlyMap<string, string>
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  readonly at = Date.now()

  constructor(facts: Facts) {
    super(facts.detail ? `${facts.title}: ${facts.detail}` : facts.title)
    this.name = 'ApiError'
    this.status = facts.status
    this.code = facts.code
    this.title = facts.title
    this.detail = facts.detail
    this.messages = facts.messages ?? []
    this.fields = facts.fields ?? new Map()
    this.requestId = facts.requestId
    this.retryAfterSeconds = facts.retryAfterSeconds
  }

  /** The same question would get the same answer. */
  get isRefusal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429
  }

  /** The person was asked to confirm who they are and chose not to: there is nothing to tell them. */
  get isDeclined(): boolean {
    return this.code === 'reauth_required'
  }

  /** Worth one more try without asking the person. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}

export function problemFrom(response: Response, body: unknown): ApiError {
  const fields = isRecord(body) ? body : {}
  return new ApiError({
    status: response.status,
    code: text(fields.code) ?? 'unexpected',
    title: text(fields.title) ?? t.errors.unexpected,
    detail: text(fields.detail),
    messages: messagesOf(fields.errors),
    fields: new Map(placesOf(fields.errors)),
    requestId: text(fields.request_id) ?? response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: parseRetryAfter(response.headers.get('retry-after'), Date.now()),
  })
}

/** What kind of problem an answer is; leaves its body to be read. */
export async function codeOf(response: Response): Promise<string | undefined> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return isRecord(body) ? text(body.code) : undefined
}

function messagesOf(errors: unknown): string[] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error) => (isRecord(error) ? (text(error.message) ?? []) : []))
}

function placesOf(errors: unknown): [string, string][] {
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error): [string, string][] => {
    if (!isRecord(error)) return []
    const [pointer, message] = [text(error.pointer), text(error.message)]
    return pointer !== undefined && message !== undefined ? [[pointer, message]] : []
  })
}

export function networkError(): ApiError {
  return new ApiError({
    status: 0,
    code: 'network',
    title: t.errors.network,
    detail: t.errors.networkDetail,
  })
}

/** What the page itself finds wrong with a form, by JSON pointer, as the server would answer it. */
export function formError(fields: Readonly<Record<string, string>>): ApiError {
  return new ApiError({
    status: 422,
    code: 'invalid',
    title: t.errors.form,
    fields: new Map(Object.entries(fields)),
  })
}

/** Whatever was thrown becomes one of ours. */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  const detail = cause instanceof Error ? cause.message : undefined
  return new ApiError({ status: -1, code: 'unexpected', title: t.errors.page, detail })
}
