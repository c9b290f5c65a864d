import { profileText } from '../../i18n/profile'
import { deviceOf } from './model/device'

const names = profileText.device

/** A user agent in words. */
export function deviceName(userAgent: string | null | undefined): string {
  const { browser, system } = deviceOf(userAgent ?? '')
  if (!browser && !system) return names.unknown
  return system ? names.on(browser ?? names.browser, system) : (browser ?? names.unknown)
}
