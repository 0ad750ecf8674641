import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import { traceLine } from '#hil/run/trace-line'
import { replay } from '#scripts/commands/replay'
import { finish } from '../support/bench.ts'
import { emptyFolder, LIBRARY, onlyRun, sha256, withoutCircumstances } from './command.ts'
import { eventful, failing, faulty, passing, undecidable } from './scenarios.ts'

const folder = emptyFolder()

describe('a stored trace', () => {
  it('judged again gives the run it is of, for everything that can befall the plant', async () => {
    expect(
      (await folder.pumpbench('run', join(LIBRARY, 'plant'), '--quiet', '--trace', 'traces', '--json', 'then.json'))
        .status,
    ).toBe(0)
    const { runs } = folder.result('then.json')
    expect(runs.length).toBeGreaterThan(3)
    expect(runs.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    for (const then of runs) {
      const now = judge(readTrace(folder.read(`traces/${then.scenario}.ndjson`)), { file: '', wall_s: 0 })
      expect(withoutCircumstances(now)).toEqual(withoutCircumstances(then))
    }
    const trace = `traces/${runs[0]?.scenario}.ndjson`
    const { status, stdout } = await folder.pumpbench('replay', trace, '--quiet', '--json', '-')
    expect(status).toBe(0)
    const now = onlyRun(JSON.parse(stdout))
    expect(now.file).toBe(trace)
    expect(withoutCircumstances(now)).toEqual(withoutCircumstances(runs[0] ?? now))
  })

  it('agrees with its run for a pump model of a file, for faults of every kind, and for every attempt', async () => {
    const own = 'base: im-20\nstep_volume: 0.3 uL\n'
    folder.write('s/models/own.yaml', own)
    folder.write('s/own.yaml', passing('own').replace('{ model: im-20 }', '{ model: ./models/own.yaml }'))
    folder.write('s/faulty.yaml', faulty())
    folder.write('s/undecidable.yaml', undecidable())
    const { stderr } = await folder.pumpbench(
      ...['run', 's/own.yaml', 's/faulty.yaml', 's/undecidable.yaml', '--quiet', '--retry', '2'],
      ...['--trace', 't', '--json', 'r.json'],
    )
    expect(stderr).toBe('')
    const { runs } = folder.result('r.json')
    expect(runs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2, 3])
    for (const { attempt = 1, ...then } of runs) {
      const trace = `t/${then.scenario}${attempt === 1 ? '' : `.attempt-${attempt}`}.ndjson`
      const now = onlyRun(JSON.parse((await folder.pumpbench('replay', trace, '--quiet', '--json', '-')).stdout))
      expect(withoutCircumstances(now)).toEqual(withoutCircumstances(then))
    }
  })

  it('of a failed run fails again, and the report is the same', async () => {
    folder.write('a.yaml', failing())
    await folder.pumpbench('run', 'a.yaml', '--quiet', '--trace', 't')
    const { status, stdout } = await folder.pumpbench('replay', 't', '--html', 'out/r.html')
    expect(status).toBe(1)
    expect(stdout).toContain('1 run: 1 fail')
    expect(folder.read('out/r.html')).toContain('failing')
  })

  it('is never written over', async () => {
    folder.write('a.yaml', failing())
    await folder.pumpbench('run', 'a.yaml', '--quiet', '--trace', 't')
    const before = folder.read('t')
    const { status, stderr } = await folder.pumpbench('replay', 't', '--json', 't')
    expect(status).toBe(2)
    expect(stderr).toContain('--json t: this is the input t')
    expect(folder.read('t')).toBe(before)
  })
})

describe('a trace that is damaged', async () => {
  const lines: readonly string[] = (await finish(eventful())).trace.records.map(traceLine)
  const trace = lines.join('')

  /** The exit status of a replay of a text, and what it said. */
  function replayed(text: string | Uint8Array) {
    folder.write('damaged.ndjson', text)
    return folder.here(() => replay('damaged.ndjson', { json: 'r.json' }))
  }

  it('is refused or no pass, where the same trace whole is one', async () => {
    expect((await replayed(trace)).status).toBe(0)
    expect((await folder.pumpbench('replay', 'damaged.ndjson', '--json', 'r.json')).status).toBe(0)
    folder.write('a.yaml', eventful())
    await folder.pumpbench('run', 'a.yaml', '--quiet', '--trace', 't.ndjson')
    expect(folder.read('t.ndjson'), 'the library and the command write the same trace').toBe(trace)
  })

  /** Lines with an end that counts them again, as somebody would who wanted to pass them off as a trace. */
  function sealed(altered: readonly string[]): string {
    const before = altered.slice(0, -1).join('')
    const end = (altered.at(-1) ?? '')
      .replace(/(?<="lines":)\d+/, String(altered.length - 1))
      .replace(/(?<="sha256":")[0-9a-f]+/, sha256(before))
    return before + end
  }

  it('cut off anywhere is inconclusive, and within its first line there is nothing to report', async () => {
    const header = lines[0]?.length ?? 0
    for (const at of [0, 1, header - 1, header, header + 1, trace.length >> 1, trace.length - 1]) {
      const { status, stdout, stderr } = await replayed(trace.slice(0, at))
      expect([at, status]).toEqual([at, 3])
      if (at >= header) continue
      expect([stdout, stderr]).toEqual([
        '',
        `damaged.ndjson: inconclusive: the trace breaks off within its first line, after ${at} byte${at === 1 ? '' : 's'}: nothing can be judged\n`,
      ])
      expect(folder.names()).not.toContain('r.json')
    }
  })

  it('cut off keeps what came before: the ledgers up to there, and the digest of the whole lines', async () => {
    expect((await replayed(trace.slice(0, trace.length >> 1))).status).toBe(3)
    const run = onlyRun(folder.result('r.json'))
    const whole = trace.slice(0, trace.lastIndexOf('\n', trace.length >> 1) + 1)
    expect(run.trace_sha256).toBe(sha256(whole))
    expect(run.delivered.steps).toBeGreaterThan(0)
    const kept = whole.split('\n').length - 1
    expect(run.checks.find(({ check }) => check === 'completed')?.detail).toMatch(
      new RegExp(
        `breaks off .* ${kept} whole lines, up to .* of 3 d, and ${(trace.length >> 1) - whole.length} bytes? of half a line are lost; what was believed and delivered is known up to 18 h$`,
      ),
    )
    expect(run.simulated_s).toBeGreaterThan(0)
    expect(run.simulated_s).toBeLessThan(3 * 86_400)
  })

  /** A header with another scenario, and the digest of that. */
  function rewritten(line: string, from: RegExp, to: string): string {
    const { text, ...header } = JSON.parse(line)
    const other = text.replace(from, to)
    return `${JSON.stringify({ ...header, file_sha256: sha256(other), text: other })}\n`
  }

  it.each<readonly [string, (lines: readonly string[]) => string | Uint8Array, string]>([
    ['a line without an end that is none of a trace', () => '{"kind":"event"', 'not one complete line'],
    ['a picture', () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'line 1 is not text in UTF-8'],
    [
      'a byte of no character',
      (l) => Buffer.from(l.with(5, `${(l[5] ?? '').slice(0, -1)}\xff\n`).join(''), 'latin1'),
      'line 6 is not text',
    ],
    ['half a line after the end', (l) => `${l.join('')}{"kind"`, `line ${lines.length + 1} comes after the end`],
    ['a scenario', () => eventful(), 'line 1 is not JSON'],
    ['a JSON text', () => '{}\n', 'line 1 is not a record of a trace'],
    ['a list', () => '[]\n', 'line 1 is not a record of a trace'],
    ['a line in the middle that is broken', (l) => l.with(5, '{"kind":\n').join(''), 'line 6 is not JSON'],
    ['an empty line in the middle', (l) => l.toSpliced(5, 0, '\n').join(''), 'line 6 is not JSON'],
    ['an unknown kind', (l) => l.with(5, '{"kind":"rumor"}\n').join(''), 'line 6 is not a record of a trace'],
    ['no header', (l) => l.slice(1).join(''), 'line 1: a trace has one header'],
    ['two headers', (l) => l.toSpliced(1, 0, l[0] ?? '').join(''), 'line 2: a trace has one header'],
    ['something after the end', (l) => [...l, l[1] ?? ''].join(''), `line ${lines.length + 1} comes after the end`],
    ['another version', (l) => l.join('').replace('trace@1', 'trace@2'), 'line 1 is not a record of a trace'],
    [
      'a scenario that is none',
      (l) => sealed(l.with(0, rewritten(l[0] ?? '', /duration: 3 d/, 'duration: 3'))),
      'its scenario cannot be',
    ],
    [
      'a scenario that lost a check and is not the text of its digest any more',
      (l) => sealed(l.with(0, (l[0] ?? '').replace(/ {2}- \{ check: [^\n]*?\}\\n/, ''))),
      'its scenario is not the text whose digest it states: the text has sha256 ',
    ],
    [
      'the digest of another scenario',
      (l) => sealed(l.with(0, (l[0] ?? '').replace(/(?<="file_sha256":")[0-9a-f]+/, '0'.repeat(64)))),
      'its scenario is not the text whose digest it states',
    ],
    ['20,000 levels', (l) => l.with(5, `${'['.repeat(20_000)}\n`).join(''), 'line 6 is not JSON'],
  ])('refuses %s', async (_, damage, message) => {
    const { status, stdout, stderr } = await replayed(damage(lines))
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`damaged.ndjson: ${message}`)
    expect(stderr.length).toBeLessThan(500)
    expect(folder.names()).not.toContain('r.json')
  })

  /** The trace with the first record of a kind changed in one place. */
  function tampered(kind: string, from: RegExp, to: string): string {
    const at = lines.findIndex((line) => line.startsWith(`{"kind":"${kind}"`))
    const line = lines[at] ?? ''
    expect(line).toMatch(from)
    return sealed(lines.with(at, line.replace(from, to)))
  }

  it('is refused when anything in it was changed', async () => {
    const at = lines.findIndex((line) => line.startsWith('{"kind":"status"'))
    const changed = lines.with(at, (lines[at] ?? '').replace(/(?<="steps":)\d+/, '7'))
    const { status, stderr } = await replayed(changed.join(''))
    expect(status).toBe(2)
    expect(stderr).toContain('the trace was altered')
  })

  it.each([
    ['what a step displaced', 'delivered', /(?<="displaced_uL":)"1\/4"/, '"1/2"'],
    ['what left the tip', 'delivered', /(?<="tip_uL":)"1\/4"/, '"1/5"'],
    ['drug out of the tip', 'delivered', /"1\/8"(?=\]\])/, '"1/7"'],
    ['the drug', 'delivered', /baclofen/, 'morphine'],
    ['steps made', 'delivered', /(?<="count":)\d+/, '7'],
    ['when a step was made', 'delivered', /(?<="first":)/, '9'],
    ['what a step is believed to give', 'booked', /(?<="step_uL":)"1\/4"/, '"1/5"'],
    ['steps booked', 'booked', /(?<="count":)\d+/, '7'],
    ['what was filled', 'fill', /(?<="volume_uL":)"20000"/, '"20001"'],
    ['drug filled', 'fill', /"10000"(?=\]\])/, '"9999"'],
    ['what the line held', 'line', /(?<="volume_uL":)"375"/, '"374"'],
    ['what was left', 'truth', /(?<="reservoir_uL":")\d/, '9'],
    ['which alarm sounded', 'alarm', /low-reservoir/, 'motor-stall'],
    ['when the alarm sounded', 'alarm', /(?<="t_us":)\d+/, '258000000000'],
    ['when something was refused', 'refused', /(?<="at_us":)"\d+"/, '"1"'],
    ['what was prescribed', 'header', /dose: 400 ug/, 'dose: 401 ug'],
    ['what a check allows', 'header', /within: 0.25 uL/, 'within: 1 nL, from: 1 h, expect: fail'],
    ['whether the run ended', 'end', /true/, 'false'],
    ['a number of 4000 digits', 'delivered', /(?<="displaced_uL":)"1\/4"/, `"${'9'.repeat(4000)}"`],
    ['a number of 400 digits', 'fill', /(?<="volume_uL":)"20000"/, `"${'9'.repeat(400)}"`],
    ['a negative displacement', 'delivered', /(?<="displaced_uL":)"1\/4"/, '"-1"'],
    ['a step of nothing', 'delivered', /(?<="displaced_uL":)"1\/4"/, '"0"'],
    ['a time before the start', 'alarm', /(?<="t_us":)\d+/, '-1'],
    ['a time beyond all times', 'booked', /(?<="first_us":)"\d+"/, `"${'9'.repeat(400)}"`],
  ])('does not pass when somebody changed %s', async (_, kind, from, to) => {
    const { status, stderr } = await replayed(tampered(kind, from, to))
    expect([1, 2, 3]).toContain(status)
    if (status === 2) expect(stderr).toMatch(/^damaged\.ndjson: .{10,400}\n$/)
  })

  it.each(['delivered', 'booked', 'fill', 'line'])(
    'does not pass with a record "%s" twice, or without it',
    async (kind) => {
      const at = lines.findIndex((line) => line.startsWith(`{"kind":"${kind}"`))
      expect((await replayed(sealed(lines.toSpliced(at, 0, lines[at] ?? '')))).status).not.toBe(0)
      expect((await replayed(sealed(lines.toSpliced(at, 1)))).status).not.toBe(0)
      expect((await replayed(lines.toSpliced(at, 1).join(''))).status).toBe(2)
      expect((await folder.pumpbench('replay', 'damaged.ndjson')).status).toBe(2)
    },
  )

  it('does not pass when its lines stand in another order', async () => {
    const [header = '', ...records] = lines
    expect((await replayed(records.toReversed().join(''))).status).toBe(2)
    const { status } = await replayed([header, ...records.toReversed()].join(''))
    expect(status).not.toBe(0)
  })
})

describe('a path that is no trace', () => {
  it.each([
    ['of nothing', 'none', 'none: no such file'],
    ['of a folder', '.', '.: not a regular file'],
    ['through a file', 'a.yaml/t', 'a.yaml/t: cannot be read'],
    ['without a name', '', ': no such file'],
  ])('%s is refused', async (_, path, message) => {
    folder.write('a.yaml', failing())
    const { status, stdout, stderr } = await folder.pumpbench('replay', path)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})
