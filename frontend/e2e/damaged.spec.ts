import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { drawer, logPath, postEvent, rows, signIn, testActor } from './helpers'

test.skip(Boolean(process.env.ANNALS_TEST_DATABASE_URL), 'alters the file of the embedded database')

/** What somebody does who may write to the database's file. */
function alterBody(id: string, before: string, after: string): void {
  const script = `
import sqlite3, sys, uuid
file, id, before, after = sys.argv[1:]
database = sqlite3.connect(file, timeout=30)
changed = database.execute(
    "UPDATE events SET body = replace(body, ?, ?) WHERE id = ?", (before, after, uuid.UUID(id).bytes)
)
database.commit()
assert changed.rowcount == 1`
  const file = join(process.env.E2E_DATA ?? '', 'annals.db')
  execFileSync('python3', ['-c', script, file, id, before, after])
}

test('an event that was altered in the database is said to be so', async ({ page, request }) => {
  const event = { action: 'report.opened', actor: testActor, details: 'opened the report of March' }
  const id = await postEvent(request, event)
  const untouched = await postEvent(request, event)
  alterBody(id, 'report of March', 'report of April')

  await signIn(page, logPath('?action=report.opened'))
  const row = rows(page).filter({ has: page.getByText('altered', { exact: true }) })
  await expect(row).toHaveCount(1)
  await page.goto(logPath(`?event=${id}`))

  await expect(drawer(page).getByRole('alert')).toContainText('This event was altered after it was recorded.')
  await page.goto(logPath(`?event=${untouched}`))
  await expect(drawer(page).getByText('opened the report of March')).toBeVisible()
  await expect(drawer(page).getByRole('alert')).toHaveCount(0)
})
