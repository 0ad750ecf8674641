/** The page that is handed over: safe with any names, whole without anything else, and true to the result. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { htmlReport } from '#hil/report/html'
import { PAGE_SCRIPT } from '#hil/report/page-script'
import type { CheckResult, RunResult, Sample } from '#hil/run/result'
import { check, HOSTILE, hostileRun, hourly, passingWeek, ranDry, result, run, scriptless } from './fabricated.ts'

/** What a script needs to make an element of a drawing; nothing is ever loaded from there. */
const SVG_NAMESPACE = 'http://www.w3.org/2000/svg'
const VOID = new Set(['meta', 'br', 'input', '!doctype'])

/** Every tag of the page with its attributes, outside of style sheets; throws where tags do not nest. */
function tagsOf(page: string): readonly string[] {
  const open: string[] = []
  const tags: string[] = []
  for (const [tag, slash, name = ''] of scriptless(page)
    .replace(/<style>[^<]*<\/style>/, '')
    .matchAll(/<(\/?)([a-z0-9!]+)[^>]*>/g)) {
    tags.push(tag)
    if (VOID.has(name) || tag.endsWith('/>')) continue
    if (slash !== '/') open.push(name)
    else if (open.pop() !== name) throw new Error(`${tag} closes nothing`)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(' ')}`)
  return tags
}

const pages = {
  passing: htmlReport(result(passingWeek())),
  dry: htmlReport(result(ranDry())),
  hostile: htmlReport(result(hostileRun())),
  hostileAmongOthers: htmlReport(result(hostileRun(), passingWeek())),
  many: htmlReport(
    result(...Array.from({ length: 50 }, (_, index) => ({ ...passingWeek(), scenario: `week-${index}` }))),
  ),
  none: htmlReport(result()),
}

describe.each(Object.entries(pages))('the page of %s', (_name, page) => {
  it('nests its tags and repeats no id', () => {
    const ids = tagsOf(page).flatMap((tag) => [...tag.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('links only to its own parts, and loads nothing', () => {
    const tags = tagsOf(page)
    const ids = new Set(tags.flatMap((tag) => [...tag.matchAll(/ id="([^"]*)"/g)].map((match) => `#${match[1]}`)))
    const targets = tags.flatMap((tag) => [...tag.matchAll(/ href="([^"]*)"/g)].map((match) => match[1]))
    expect(targets.filter((target) => !ids.has(target ?? ''))).toEqual([])
    expect(tags.filter((tag) => /^<(?:script|img|link|iframe|object|embed|form|image|use|base)/.test(tag))).toEqual([])
    expect(tags.filter((tag) => / (?:on\w+|src|style|xlink:href)=/.test(tag))).toEqual([])
    expect(page.replace(SVG_NAMESPACE, '')).not.toMatch(/https?:|url\(|@import/)
  })

  it('runs its own script and no other, by the digest in its policy', () => {
    const scripts = [...page.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)]
    const run = scripts.filter(([, attributes]) => !/^ type="application\/json" id="[\w-]+"$/.test(attributes ?? ''))
    expect(run.map(([, , code]) => code)).toEqual([PAGE_SCRIPT])
    const digest = (text: string) => `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? ''
    expect(page).toContain(
      `default-src &#39;none&#39;; style-src ${digest(style)}; script-src ${digest(PAGE_SCRIPT)}; base-uri`,
    )
  })

  it('carries the curves it was drawn from as they are', () => {
    for (const [, text = ''] of page.matchAll(/<script type="application\/json"[^>]*>(.*?)<\/script>/gs)) {
      expect(JSON.parse(text)).toMatchObject({ detail: 'samples' })
    }
  })

  it('shows no figure that is not a number', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/)
  })
})

describe('hostile names', () => {
  it('are text wherever they stand', () => {
    expect(pages.hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;')
    expect(scriptless(pages.hostile)).not.toContain('<script')
    expect(pages.hostile).not.toContain('<img')
  })

  it('control nothing: escapes, overrides and line breaks are spelled out', () => {
    expect(HOSTILE).toMatch(/\p{Cc}/u)
    expect(pages.hostile.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(pages.hostile).toContain('\\u{1b}[31mred')
    expect(pages.hostile).toContain('\\u{202e}gnirts\\u{a}')
  })

  it('cannot pose as markup even where a stored result holds an object in place of a text', () => {
    const forged = { markup: '<script>', toString: () => '<script>alert(1)</script>' } as unknown as string
    const page = htmlReport(result({ ...passingWeek(), scenario: String(forged), pump: forged }))
    expect(scriptless(page)).not.toContain('<script')
  })
})

describe('what happened', () => {
  it('is told on top: which ledgers parted, when and by how much', () => {
    const top = pages.dry.slice(0, pages.dry.indexOf('The three ledgers at the end')).replaceAll('\u00a0', ' ')
    expect(top).toContain('Delivered and prescribed volume parted at 171 d 16 h 4 min 48 s')
    expect(top).toContain('at the end 3300.5 uL less delivered than prescribed')
    expect(top).toContain('<strong>prescribed dose and dose out of the tip</strong>: harm: underdose')
  })

  it('is that nothing parted, when nothing did', () => {
    expect(pages.passing).not.toContain('Which ledgers parted')
    expect(pages.passing.replaceAll('\u00a0', ' ')).toContain('1225 uL prescribed, 1225 uL believed, 1225 uL delivered')
  })

  it('is never called a pass when nothing was tested', () => {
    expect(pages.none).toContain('nothing was tested')
    expect(pages.none).toContain('<title>nothing tested')
  })
})

describe('the charts', () => {
  it('say in words what they show', () => {
    expect(pages.dry).toContain(
      'prescribed: from 0 to 23300 uL, never below 0 or above 23300. delivered: from 0 to 19999.5 uL',
    )
    expect(pages.dry).toContain('delivered − prescribed: from 0 to -3300.5 uL, never below -3300.5 or above 0')
    expect(pages.dry).toContain('believed − delivered: from 0 to 0 uL, never below 0 or above 0')
  })

  it('say which curves lie on top of each other', () => {
    expect(pages.passing).toContain('all 3 lines within 1 pixel')
    expect(scriptless(pages.dry)).not.toContain('lines within 1 pixel')
  })

  it('put one motor step into proportion', () => {
    expect(pages.passing).toContain('dotted: 1 motor step, 0.25 uL')
    expect(scriptless(pages.dry)).not.toContain('dotted: 1 motor step')
  })

  it('show each alarm and event on the timeline', () => {
    expect(pages.dry).toContain('alarm empty-reservoir: 1 time, first at 171 d 16 h 4 min 48 s')
    expect(pages.dry).toContain('event programmed: 2 times, first at 0 s')
  })

  it.each([
    ['no samples', []],
    [
      'one sample',
      [{ t_s: 0, prescribed_uL: 0, prescribed_ug: 0, believed_uL: 0, believed_ug: 0, displaced_uL: 0, tip_ug: 0 }],
    ],
    ['nothing but zeros', hourly(1, () => 0)],
    ['the same instant twice', [...hourly(0, () => 1), ...hourly(0, () => 1)]],
  ] as readonly (readonly [string, readonly Sample[]])[])('survive %s', (_what, samples) => {
    const page = htmlReport(result(run(samples, { simulated_s: 0 })))
    expect(page).not.toMatch(/NaN|Infinity|undefined/)
    expect(() => tagsOf(page)).not.toThrow()
  })
})

describe('the lists', () => {
  it('are bounded, and say how much they leave out', () => {
    const events = Array.from({ length: 1000 }, (_, index) => ({ t_s: index, event: `kind-${index % 30}` }))
    const page = htmlReport(result({ ...passingWeek(), events }))
    expect(page).toContain('940 more events in the trace.')
    expect(page).toContain('and 16 more kinds of event')
  })

  it('give for each check what was measured, the limit, the unit and the detail', () => {
    const one = check({ check: 'delivered-volume', measured: 1.25, limit: 14.5, unit: '%', detail: 'marginal' })
    const page = htmlReport(result({ ...passingWeek(), checks: [one] }))
    expect(page).toMatch(/delivered-volume<\/th>.*?>1\.25<.*?>14\.5<.*?>%<.*?marginal/s)
  })

  it('give a section to every run that did not pass before those that did, where there are too many', () => {
    const runs = Array.from({ length: 250 }, (_, index) => ({
      ...(index === 249 ? ranDry() : passingWeek()),
      samples: [],
    }))
    const page = htmlReport(result(...runs))
    expect(page.match(/<details class="run /g)).toHaveLength(200)
    expect(page).toContain('<section id="run-250">')
    expect(page).toContain('50 runs without a link')
  })

  it('are bounded by size: drawings go first, then sections, then rows, of what passed, and the page says so', () => {
    const runs = Array.from({ length: 6 }, (_, index) => ({
      ...(index === 5 ? ranDry() : passingWeek()),
      scenario: `run-of-${index}`,
    }))
    const plain = { sections: 200, sections_bytes: Number.MAX_SAFE_INTEGER, rows_bytes: Number.MAX_SAFE_INTEGER }
    const sections = (page: string) =>
      [...page.matchAll(/<section id="run-(\d)">/g)].map(([, number]) => Number(number))
    const whole = htmlReport(result(...runs), [], plain)
    expect(sections(whole)).toEqual([1, 2, 3, 4, 5, 6])
    const last = whole.slice(whole.lastIndexOf('<details class="run '), whole.lastIndexOf('</main>'))
    // Room for all of the run that failed, and for little else.
    const sections_bytes = Buffer.byteLength(last) + 1000
    const page = htmlReport(result(...runs), [], { ...plain, sections_bytes })
    expect(() => tagsOf(page)).not.toThrow()
    expect(sections(page).at(-1)).toBe(6)
    expect(sections(page).length).toBeLessThan(6)
    expect(page).toContain(last.slice(0, 2000))
    expect(page).toContain(`${6 - sections(page).length} runs without a link: the page is full`)
    const row = Buffer.byteLength(/<tr class="fail-run">.*?<\/tr>\n/s.exec(whole)?.[0] ?? '')
    const short = htmlReport(result(...runs), [], { ...plain, sections_bytes: 0, rows_bytes: row + 10 })
    expect(short).toContain('<tr class="fail-run">')
    expect(short).not.toContain('<tr class="pass-run">')
    expect(short).toContain('5 runs not even in the table: in the JSON report')
    const alone = htmlReport(result(ranDry()), [], { ...plain, sections_bytes: 0 })
    expect(alone).toContain('more than a page can hold: it is in the JSON report and in the trace')
  })

  it('hold what can be opened, however long the texts of a campaign are', () => {
    const detail = 'x'.repeat(2 ** 20)
    const long = (index: number) => ({
      ...passingWeek(),
      scenario: `run-of-${index}`,
      checks: [check({ outcome: 'fail', verdict: 'fail', detail })],
    })
    const page = htmlReport(result(...Array.from({ length: 80 }, (_, index) => long(index))))
    expect(Buffer.byteLength(page)).toBeLessThan(42 * 2 ** 20)
    expect(page).toContain('the page is full')
  })

  it('say of each check by what it was measured, and how sure that is', () => {
    const text = (page: string) => page.replaceAll(/<[^>]*>/g, ' ')
    const by = (over: Partial<CheckResult>, provenance: Partial<RunResult['provenance']> = {}) => {
      const run = passingWeek()
      const checks = [check(over)]
      return text(htmlReport(result({ ...run, checks, provenance: { ...run.provenance, ...provenance } })))
    }
    expect(by({})).toContain(
      'By: volume at the rotor modelled, uncertainty none; the pump&#39;s own account, read by telemetry.',
    )
    const measured = { displaced: 'measured: encoder', displaced_uncertainty_uL: 1.5 }
    expect(by({ check: 'trumpet' }, measured)).toContain(
      'By: volume at the rotor measured: encoder, uncertain by 1.5 uL.',
    )
    const unknown = { displaced_uncertainty_uL: null }
    expect(by({ check: 'under-delivery', unit: 'uL' }, unknown)).toContain('rotor modelled, uncertainty unknown.')
    expect(by({ check: 'under-delivery', unit: 'ug' })).toContain('By: dose at the tip modelled')
    expect(by({ check: 'x-own' })).toContain('By: the check does not say what it measures.')
  })

  it('link each of several runs to its section', () => {
    expect(pages.many).toContain('<a href="#run-50">week-49</a>')
    expect(pages.many).toContain('50 pass of 50 runs.')
  })
})

it('gives the same bytes for the same result', () => {
  expect(htmlReport(result(ranDry()))).toBe(pages.dry)
})
