/** Every form of a report from one place, the picture for a page of text, and the pieces they share. */
import { describe, expect, it } from 'vitest'
import { html } from '#hil/report/escape'
import { checkFigures, instant, measuredAgainstLimit, readFrom, signed } from '#hil/report/figure'
import { eventDetail } from '#hil/report/happenings'
import { htmlReport } from '#hil/report/html'
import { jsonReport } from '#hil/report/json'
import { ledgerPicture } from '#hil/report/ledger-picture'
import { clip, columns, flow, plain } from '#hil/report/plain'
import { render } from '#hil/report/render'
import { terminalReport } from '#hil/report/terminal'
import { check, hostileRun, passingWeek, ranDry, result } from './fabricated.ts'

describe('render', () => {
  const made = result(passingWeek(), ranDry())
  it('gives each form, without color unless asked', () => {
    expect(render(made, 'json')).toBe(jsonReport(made))
    expect(render(made, 'html')).toBe(htmlReport(made))
    expect(render(made, 'terminal')).toBe(terminalReport(made, { color: false, width: 80 }))
    expect(render(made, 'terminal', { color: true, width: 120 })).toBe(
      terminalReport(made, { color: true, width: 120 }),
    )
  })
})

describe('the picture of the ledgers', () => {
  const picture = ledgerPicture(hostileRun())

  it('stands alone: its own size, paper and style, and nothing to load', () => {
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(picture).toContain('fill="var(--paper)"')
    expect(picture).toContain('@media (prefers-color-scheme:dark)')
    expect(picture.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import|href=/)
  })

  it('is well formed with any names', () => {
    const open: string[] = []
    for (const [tag, slash, name = ''] of picture.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
      if (tag.endsWith('/>')) continue
      if (slash === '/') expect(open.pop()).toBe(name)
      else open.push(name)
    }
    expect(open).toEqual([])
    expect(picture).not.toMatch(/<script|<img|NaN|undefined/)
    expect(picture.replace(/&(?:amp|lt|gt|quot|#39|#96);/g, '')).not.toContain('&')
  })

  it('is the same for the same run', () => {
    expect(ledgerPicture(ranDry())).toBe(ledgerPicture(ranDry()))
  })
})

describe('markup', () => {
  it('escapes gaps in content and in attributes', () => {
    expect(html`<a title="${'"><b>'}">${"<i>&'`"}</a>`.toString()).toBe(
      '<a title="&quot;&gt;&lt;b&gt;">&lt;i&gt;&amp;&#39;&#96;</a>',
    )
  })

  it('takes in its own kind as it is, and nothing for null', () => {
    expect(html`<p>${html`<b>${'<'}</b>`}${[html`<i/>`, html`<u/>`]}${null}${7}</p>`.toString()).toBe(
      '<p><b>&lt;</b><i/><u/>7</p>',
    )
  })
})

describe('plain text', () => {
  it('spells out what cannot be seen', () => {
    expect(plain('a\u001b[2Jb\u202ec\u2028d\ue000')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{2028}d\\u{e000}')
    expect(plain('naïve 漢字 µg')).toBe('naïve 漢字 µg')
  })

  it('knows how wide it is, and is cut where it must be', () => {
    expect(columns('漢字 e\u0301')).toBe(6)
    expect(clip('abcdefgh', 6)).toBe('abc...')
    expect(columns(clip('漢字漢字漢字', 8))).toBeLessThanOrEqual(8)
    expect(clip('abc', 3)).toBe('abc')
  })

  it('flows over lines without losing a letter', () => {
    const text = `one two ${'x'.repeat(50)} ${'漢'.repeat(30)} end`
    const lines = flow(text, 20)
    expect(lines.every((line) => columns(line) <= 20)).toBe(true)
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
  })
})

describe('figures', () => {
  it('tell an instant as finely as it can be read', () => {
    expect(instant(0)).toBe('0 s')
    expect(instant(0.000064)).toBe('64 us')
    expect(instant(171.67 * 86_400)).toBe('171 d 16 h 4 min 48 s')
    expect(instant(86_399.9999)).toBe('1 d')
    expect(instant(null)).toBe('-')
    expect(instant(Number.NaN)).toBe('-')
  })

  it('sign a difference, and only a difference', () => {
    expect([-1.4210855e-14, 0.25, -0.125, 28_799.750_000_000_004, 1.25e-6].map(readFrom)).toEqual([
      ...[0, 0.25, -0.125, 28_799.75, 1.25e-6],
    ])
    expect([signed(0.25), signed(-0.25), signed(0), signed(-0)]).toEqual(['+0.25', '-0.25', '0', '0'])
  })

  it('have as many digits as tell a measured value from its limit', () => {
    expect(checkFigures(check({ measured: 1.0000000003, limit: 1 })).measured).toBe('1.0000000003')
    expect(checkFigures(check({ measured: 2 / 3, limit: 1 })).measured).toBe('0.666667')
    expect(checkFigures(check({ measured: 13_392_001, limit: null })).measured).toBe('13392001')
  })

  it('in seconds are instants', () => {
    const late = check({ measured: 13_392_001, limit: 13_392_000, unit: 's' })
    expect(measuredAgainstLimit(late)).toBe('measured 155 d 1 s, limit 155 d')
    expect(checkFigures(late).unit).toBe('time')
  })
})

describe('the fields of an event', () => {
  it('read as words, with their units', () => {
    const event = { t_s: 0, event: 'programmed', daily_uL: 120, change_percent: 20, what: 'simple-continuous 60 ug/d' }
    expect(eventDetail(event)).toBe('simple-continuous 60 ug/d, daily 120 uL, change 20 %')
    expect(eventDetail({ t_s: 0, event: 'x', late_s: 90, reason: 'why', steps: 3, none: null })).toBe(
      'late 1 min 30 s, reason: why, steps 3',
    )
  })
})
