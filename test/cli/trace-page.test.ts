/** The page about the trace: nothing in a trace goes without its description, and what it shows comes from the program. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { traceLine } from '#hil/run/trace-line'
import { recordSchema } from '#hil/run/trace-schema'
import { finish } from '../support/bench.ts'

const page = readFileSync(new URL('../../docs/TRACE.md', import.meta.url), 'utf8')

/** The parts of the page under a heading of the third level, by that heading. */
const sections = new Map(
  page.split(/^### /m).map((section) => {
    const [heading = '', ...rest] = section.split('\n')
    const [text = ''] = rest.join('\n').split(/^## /m)
    return [heading, text]
  }),
)

/** The code blocks of a language. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text]) => text ?? '')
}

describe('the page about the trace', () => {
  const kinds = recordSchema.options.map(({ shape }) => ({ kind: [...shape.kind.values][0] ?? '', shape }))

  it.each(kinds)('describes every field of "$kind"', ({ kind, shape }) => {
    const [heading = ''] = [...sections.keys()].filter((name) => name.includes(`\`${kind}\``))
    expect(heading).not.toBe('')
    const fields = Object.keys(shape).filter((field) => field !== 'kind')
    expect(fields.filter((field) => !sections.get(heading)?.includes(`\`${field}\``))).toEqual([])
  })

  it('describes no record that there is not', () => {
    const described = [...sections.keys()].flatMap((name) => [...name.matchAll(/`([^`]+)`/g)].map(([, kind]) => kind))
    expect(described.sort()).toEqual(kinds.map(({ kind }) => kind).sort())
  })

  it('shows lines of the very trace that its scenario gives', async () => {
    const [scenario = ''] = blocks('yaml')
    const lines = (await finish(scenario)).trace.records.map(traceLine)
    const shown = blocks('json').flatMap((block) => block.split(/(?<=\n)/))
    expect(shown.length).toBeGreaterThan(5)
    expect(shown.filter((line) => !lines.includes(line))).toEqual([])
  })
})
