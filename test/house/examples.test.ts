/**
 * The scenarios in the pages: a reader who copies one must not be told that it is wrong, and must see what the page says
 * they show.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseRigFile } from '#hil/calibration/rig-file'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = ['README.md', ...readdirSync(`${ROOT}docs`, 'utf8').map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
)

interface Example {
  readonly place: string
  readonly text: string
  /** A whole scenario passes; a block that continues one breaks it. */
  readonly verdict: 'pass' | 'fail'
}

/** Every block of YAML in a page. One that is not a whole scenario continues the one before it. */
function examplesOf(path: string): Example[] {
  const page = readFileSync(ROOT + path, 'utf8')
  let whole = ''
  return [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => {
    const [, block = ''] = match
    const isWhole = block.startsWith('schema:')
    if (isWhole) whole = block
    const line = page.slice(0, match.index).split('\n').length
    return { place: `${path}:${line}`, text: isWhole ? block : whole + block, verdict: isWhole ? 'pass' : 'fail' }
  })
}

describe('the scenarios in the pages', () => {
  const blocks = PAGES.flatMap(examplesOf)
  const rigFiles = blocks.filter(({ text }) => text.startsWith('schema: pumpbench/rig@1'))
  const examples = blocks.filter((block) => !rigFiles.includes(block))

  it('stand beside rig files, each of them in order', () => {
    expect(rigFiles.length).toBeGreaterThan(0)
    for (const { place, text } of rigFiles) expect(parseRigFile(text, place)).toMatchObject({ ok: true })
  })

  it('are found', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3)
  })

  it.each(examples)('$place is valid and its verdict is $verdict', async ({ place, text, verdict }) => {
    const parsed = parseScenario(text, place)
    if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
    const trace = await execute(parsed.scenario, modelPump, idealRig)
    const result = judge(trace, { file: place, wall_s: 0 })
    expect(result.verdict).toBe(verdict)
  })
})
