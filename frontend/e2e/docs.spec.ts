import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { catalogPath, env, signIn } from './helpers'

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Opens the reference and notes whatever it should not do. */
async function open(page: Page): Promise<string[]> {
  const findings: string[] = []
  await page.exposeFunction('reportViolation', (text: string) => findings.push(text))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportViolation: (text: string) => void }).reportViolation
      report(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  page.on('pageerror', (error) => findings.push(error.message))
  page.on('request', (request) => {
    const isOurs = [env('ANNALS_URL'), 'data:', 'blob:'].some((start) => request.url().startsWith(start))
    if (!isOurs) findings.push(`a request to ${request.url()}`)
  })
  await page.goto('/docs')
  await expect(page.locator('#api[data-ready]')).toBeVisible()
  return findings
}

/** Every operation of the document that the service serves, as `GET /path`. */
async function operations(page: Page): Promise<string[]> {
  const text = await (await page.request.get('/openapi.yaml')).text()
  const found: string[] = []
  let path = ''
  for (const line of text.slice(text.indexOf('\npaths:'), text.indexOf('\ncomponents:')).split('\n')) {
    path = /^ {2}(\/.*):$/.exec(line)?.[1] ?? path
    const method = /^ {4}([a-z]+):$/.exec(line)?.[1] ?? ''
    if (methods.includes(method)) found.push(`${method.toUpperCase()} ${path}`)
  }
  return found
}

test('the reference shows every operation, out of the box', async ({ page }) => {
  const findings = await open(page)

  const shown = await page.locator('.opblock-summary').evaluateAll((blocks) =>
    blocks.map((block) => {
      const method = block.querySelector('.opblock-summary-method')?.textContent
      const path = block.querySelector('[data-path]')?.getAttribute('data-path')
      return `${method} ${path}`
    }),
  )
  const wanted = await operations(page)
  expect(wanted.length).toBeGreaterThan(10)
  expect(shown.sort()).toEqual(wanted.sort())

  await page.locator('.opblock-summary-control').first().click()
  await expect(page.getByRole('heading', { name: 'Responses' })).toBeVisible()
  expect(findings).toEqual([])
})

test('the page leads to the reference, and to the operation that a line calls', async ({ page }) => {
  await signIn(page, catalogPath('?type=case.viewed'), env('ANNALS_ADMIN_EMAIL'), 'Event catalog')
  const links = page.getByRole('link', { name: 'API reference' })
  await expect(links.first()).toHaveAttribute('href', /\/docs$/)
  await page
    .getByRole('complementary', { name: 'Event type' })
    .getByRole('link', { name: 'API reference' })
    .click()
  await expect(page.locator('#api[data-ready]')).toBeVisible()
  await expect(page.locator('#operations-events-append_event.is-open')).toBeInViewport()
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`the reference is accessible, ${colorScheme}, ${width} wide`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await open(page)
      await page.locator('.opblock-summary-control').first().click()

      const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(isTooWide).toBe(false)
      if (process.env.DOCS_SHOTS)
        await page.screenshot({ path: `${process.env.DOCS_SHOTS}/docs-${colorScheme}-${width}.png` })
      // Both moderate, and the library's own: sections begin with h3 below an h1, and its `main` leaves out the title.
      await expectAccessible(page, ['heading-order', 'region'])
    })
  }
}
