/** First match wins: most browsers also name the ones they want to be taken for. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

export type Device = { browser?: string | undefined; system?: string | undefined }

/** What a user agent says it is; of a program that is no browser, its name. */
export function deviceOf(userAgent: string): Device {
  const system = nameOf(systems, userAgent)
  const browser = nameOf(browsers, userAgent) ?? (system ? undefined : program(userAgent))
  return { browser, system }
}

function nameOf(known: readonly (readonly [RegExp, string])[], userAgent: string): string | undefined {
  return known.find(([pattern]) => pattern.test(userAgent))?.[1]
}

function program(userAgent: string): string | undefined {
  return /^([A-Za-z][\w.-]*)(\/|$)/.exec(userAgent)?.[1]
}
