import type { components } from '../../../api/schema'
import { networksOf, type Place, type Preset, type Scope, wholeNumber } from './keys'

/** What a key may do: a usual set, or what was ticked. */
export type Access = { preset: Preset } | { scopes: readonly Scope[] }

/** The texts of the form's fields. */
export type Form = {
  name: string
  description: string
  networks: string
  source: string
  events_per_second: string
}

export function firstAccess(place: Place): Access {
  return place === 'platform' ? { scopes: [] } : { preset: 'ingest' }
}

export function scopesOf(access: Access): readonly string[] {
  return 'preset' in access ? [access.preset] : access.scopes
}

/** A limit as it was typed: what is no whole number is sent as 0, which the service refuses in its words. */
export function rateOf(text: string): components['schemas']['RateLimit'] | undefined {
  const rate = wholeNumber(text)
  return rate === undefined ? undefined : { events_per_second: rate ?? 0 }
}

export function bodyOf(form: Form, access: Access, days: number | null): components['schemas']['KeyInput'] {
  const rate = rateOf(form.events_per_second)
  const networks = networksOf(form.networks)
  return {
    name: form.name.trim(),
    ...('preset' in access ? { preset: access.preset } : { scopes: [...access.scopes] }),
    ...(form.description.trim() && { description: form.description.trim() }),
    ...(form.source.trim() && { source: form.source.trim() }),
    ...(networks.length > 0 && { networks }),
    ...(rate && { rate_limit: rate }),
    expires_in_days: days,
  }
}
