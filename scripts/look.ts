/**
 * Looks at a report, and at a matrix, as a reader would: `npm run look`. Opens it in Chromium, zooms by pointer and keys, turns to dark, narrow
 * and paper, leaves a picture of each in `report/look`, and fails where the page does not do what it says.
 *
 * Needs a Chromium: `CHROMIUM=/path npm run look`, or the one that Debian installs.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { modelPump } from '#hil/pump/model'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { render } from '#hil/report/render'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { matrix } from '#scripts/commands/matrix'
import { libraryFolder } from '#scripts/library'
import { manifest } from '#scripts/manifest'
import { readScenarios } from '#scripts/scenario-files'

const SCENARIO = 'pump/motor-stall-two-hours.yaml'
const MATRIX_SCENARIO = 'papers/001-simple-continuous/first-week.yaml'
const FOLDER = fileURLToPath(new URL('../report/look/', import.meta.url))
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

const problems: string[] = []

function expect(what: string, met: boolean): void {
  console.log(`${met ? 'ok  ' : 'FAIL'} ${what}`)
  if (!met) problems.push(what)
}

async function pageOfRun(): Promise<string> {
  const [file] = readScenarios([`${libraryFolder}/${SCENARIO}`]).scenarios
  if (file === undefined) throw new Error(`${SCENARIO} cannot be read`)
  const trace = await execute(file.scenario, modelPump, idealRig)
  const runs = [judge(trace, { file: SCENARIO, wall_s: 0 })]
  const result = { schema: 'pumpbench/result@1', manifest: manifest(new Date(0), null), runs } as const
  return render(result, 'html', { curves: [curvesOf(trace)] })
}

/** The page of a matrix, with reports to lead to, beside the other pictures. */
async function pageOfMatrix(): Promise<string> {
  const out = `${FOLDER}matrix`
  rmSync(out, { recursive: true, force: true })
  const faults = 'motor-stall-permanent,catheter-rupture,ten-fold-dose,fill-wrong-drug,telemetry-carrier'
  const status = await matrix([`${libraryFolder}/${MATRIX_SCENARIO}`], { faults, jobs: 1, quiet: true, out })
  expect('a matrix is made', status === 0)
  return `${out}/matrix.html`
}

/** Looks at the matrix in light, dark and narrow, and follows a cell to its report. */
async function lookAtMatrix(page: Page, path: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1000, height: 900 })
  await page.goto(pathToFileURL(path).href)
  await page.screenshot({ path: `${FOLDER}matrix-light.png`, fullPage: true })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.screenshot({ path: `${FOLDER}matrix-dark.png`, fullPage: true })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 360, height: 800 })
  await settle(page)
  await page.screenshot({ path: `${FOLDER}matrix-narrow.png`, fullPage: true })
  expect(
    'no page of a matrix is wider than a telephone',
    Number(await page.evaluate('document.documentElement.scrollWidth')) <= 360,
  )
  await page.setViewportSize({ width: 1000, height: 900 })
  await page.locator('table.matrix td a').nth(1).click()
  await settle(page)
  expect('a cell leads to the report of its run', page.url().includes('/cells/'))
}

/** Waits until the page has drawn what it was asked for. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(300)
}

async function zoom(page: Page): Promise<void> {
  const readout = page.locator('.readout').first()
  const line = page.locator('.drawing [data-curve="displaced_uL"]').first()
  const labels = page.locator('.panel .times').first()
  const before = [await line.getAttribute('d'), await labels.textContent()]
  expect('the tools are there once the script runs', await page.locator('.tools').first().isVisible())
  await page.locator('.drawing').first().scrollIntoViewIfNeeded()
  const box = await page.locator('.drawing').first().boundingBox()
  if (box === null) throw new Error('nothing is drawn')
  const x = (part: number) => box.x + box.width * part
  await page.mouse.move(x(0.4), box.y + 80)
  await page.mouse.down()
  await page.mouse.move(x(0.5), box.y + 80, { steps: 4 })
  await page.mouse.up()
  await settle(page)
  expect('a drag shows a part of the run', !(await readout.textContent())?.includes('whole run'))
  expect(
    'lines and times are drawn anew',
    (await line.getAttribute('d')) !== before[0] && (await labels.textContent()) !== before[1],
  )
  await page.screenshot({ path: `${FOLDER}zoomed.png`, fullPage: true })
  await page.locator('.panels').first().focus()
  for (const key of ['+', '+', 'ArrowRight']) await page.keyboard.press(key)
  await settle(page)
  const spoken = await page.locator('.tools input').first().getAttribute('aria-valuetext')
  expect('the slider speaks the values at the cursor', /prescribed [\d.]+ uL; delivered [\d.]+ uL/.test(spoken ?? ''))
  await page.keyboard.press('0')
  await settle(page)
  expect('0 shows the whole run', (await readout.textContent())?.includes('whole run') === true)
}

mkdirSync(FOLDER, { recursive: true })
const path = `${FOLDER}report.html`
writeFileSync(path, await pageOfRun())
const matrixPath = await pageOfMatrix()
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await (await browser.newContext({ viewport: { width: 1000, height: 900 } })).newPage()
  const said: string[] = []
  const asked: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(pathToFileURL(path).href)
  const load_ms = await page.evaluate('Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd)')
  console.log(`open after ${String(load_ms)} ms`)
  await page.screenshot({ path: `${FOLDER}light.png`, fullPage: true })
  await zoom(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.screenshot({ path: `${FOLDER}dark.png`, fullPage: true })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 360, height: 800 })
  await settle(page)
  await page.screenshot({ path: `${FOLDER}narrow.png`, fullPage: true })
  expect(
    'nothing is wider than a telephone',
    Number(await page.evaluate('document.documentElement.scrollWidth')) <= 360,
  )
  await page.setViewportSize({ width: 1000, height: 900 })
  await page.pdf({ path: `${FOLDER}paper.pdf`, format: 'A4' })
  expect('the page asked for nothing but itself', asked.length === 1)
  await lookAtMatrix(page, matrixPath)
  expect('the matrix asked for nothing but itself and the report', asked.length === 3)
  expect(`the browser has nothing to complain about${said.map((text) => `: ${text}`).join('')}`, said.length === 0)
} finally {
  await browser.close()
}
console.log(`pictures in ${FOLDER}`)
process.exitCode = problems.length === 0 ? 0 : 1
