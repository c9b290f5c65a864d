import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** axe-core run in the page through the debugger, which the CSP does not concern. */
export async function expectAccessible(page: Page, except: string[] = []): Promise<void> {
  // Fading in is not the final contrast.
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  )
  await page.evaluate(source)
  const results = await page.evaluate(
    (values) =>
      (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
        runOnly: values,
      }),
    tags,
  )
  const violations = results.violations.filter((violation) => !except.includes(violation.id))
  const found = violations.map((violation) => ({
    rule: violation.id,
    nodes: violation.nodes
      .map((node) => `${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`)
      .slice(0, 3),
  }))
  expect(found).toEqual([])
}
