import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './axe'
import { catalogPath, env, postEvent, signIn, testActor } from './helpers'

const title = 'Event catalog'

const firstEntry = (page: Page) => page.locator('[data-entry]').first()
const heading = (page: Page, name: string) => page.getByRole('heading', { name })

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test('the catalog, an entry, an unknown action: no axe violation', async ({ page, request }) => {
      await postEvent(request, { action: 'e2e_axe.seen', actor: testActor })
      await signIn(page, catalogPath(), env('ANNALS_ADMIN_EMAIL'), title)
      await expect(firstEntry(page)).toBeVisible()
      await expectAccessible(page)
      await page.goto(catalogPath('?type=user.role_changed'))
      await expect(heading(page, 'Post one')).toBeVisible()
      await expectAccessible(page)
      await page.goto(catalogPath('?show=unknown&type=e2e_axe.seen'))
      await expect(heading(page, 'No pack knows this action')).toBeVisible()
      await expectAccessible(page)
    })

    test('packs and policy, also half changed: no axe violation', async ({ page }) => {
      await signIn(page, catalogPath('?panel=settings'), env('ANNALS_ADMIN_EMAIL'), title)
      await expect(heading(page, 'Packs, in order')).toBeVisible()
      await expectAccessible(page)
      await page.getByRole('radio', { name: /^Refuse/ }).check()
      await expect(page.getByText('Not saved yet')).toBeVisible()
      await expectAccessible(page)
    })

    test('nothing found, nothing there, on a phone: no axe violation', async ({ page }) => {
      await signIn(page, catalogPath('?q=zzz&show=seen&pack=blink'), env('ANNALS_ADMIN_EMAIL'), title)
      await expect(heading(page, 'No event type matches')).toBeVisible()
      await expectAccessible(page)
      await page.goto(catalogPath('?type=no.such_thing'))
      await expect(heading(page, 'This action is not in this catalog')).toBeVisible()
      await expectAccessible(page)
      await page.setViewportSize({ width: 390, height: 844 })
      await page.goto(catalogPath())
      await expect(firstEntry(page)).toBeVisible()
      await expectAccessible(page)
      await firstEntry(page).click()
      await expect(heading(page, 'Post one')).toBeVisible()
      await expectAccessible(page)
    })

    test('loading and failing: no axe violation', async ({ page }) => {
      let answer = () => {}
      const answered = new Promise<void>((resolve) => {
        answer = resolve
      })
      await page.route('**/v1/orgs/*/event-types', async (route) => {
        await answered
        await route.fulfill({
          status: 500,
          contentType: 'application/problem+json',
          body: '{"title":"Broken","detail":"It is.","code":"internal","request_id":"r1"}',
        })
      })
      await signIn(page, catalogPath(), env('ANNALS_ADMIN_EMAIL'), title)
      await expect(page.getByRole('main').getByText('Loading', { exact: true })).toBeAttached()
      await expectAccessible(page)
      answer()
      await expect(heading(page, 'Broken')).toBeVisible()
      await expectAccessible(page)
    })

    test('those who may only read, or not even that: no axe violation', async ({ page }) => {
      await signIn(page, catalogPath('?panel=settings'), env('ANNALS_AUDITOR_EMAIL'), title)
      await expect(page.getByText('You can read these settings.')).toBeVisible()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await signIn(page, catalogPath(), env('ANNALS_MEMBER_EMAIL'), title)
      await expect(heading(page, 'You cannot see this catalog')).toBeVisible()
      await expectAccessible(page)
    })
  })
}
