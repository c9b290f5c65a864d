import { expect, test } from '@playwright/test'
import { drawer, logPath, rows, signIn } from './helpers'

test('the whole tour breaks no rule of the content security policy', async ({ page }) => {
  const violations: string[] = []
  await page.exposeFunction('reportViolation', (text: string) => violations.push(text))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { reportViolation: (text: string) => void }).reportViolation
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
    })
  })
  page.on('console', (message) => {
    if (/Content.Security.Policy|Trusted ?(Type|HTML|Script)/i.test(message.text()))
      violations.push(message.text())
  })
  page.on('pageerror', (error) => violations.push(error.message))

  const response = await page.goto('/login')
  const policy = response?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toContain('unsafe')

  await signIn(page)
  await rows(page).nth(1).click()
  await drawer(page).getByRole('tab', { name: 'JSON' }).click()
  await drawer(page).getByRole('button', { name: 'Close the event' }).click()
  await page.getByRole('button', { name: /^Event type/ }).click()
  await page.getByRole('listbox').getByRole('option').first().click()
  await page.keyboard.press('Escape')
  await page.goto(logPath())
  await page.getByRole('combobox', { name: 'Columns' }).selectOption('PocketSOC')
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Event catalog' }).click()
  await page.locator('[data-entry="case.viewed"]').click()
  await page.getByRole('combobox', { name: 'Outcome' }).selectOption('denied')
  await page.getByRole('button', { name: 'Packs and policy' }).click()
  await page.getByRole('button', { name: 'Close packs and policy' }).click()
  await page.getByTitle('Dark').click()
  await page.setViewportSize({ width: 390, height: 740 })
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login/)
  expect(violations).toEqual([])
})
