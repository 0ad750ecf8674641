/** The pages and pictures that the program makes are those that are committed: `npm run docs` renews them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { OPERATING, type OperatingState, type Stimulus } from '#firmware-sim/operating'
import { generatedFiles } from '#scripts/generated'
import { FRAMES, type Frame } from '#scripts/statechart'
import { statechartPicture } from '#scripts/statechart-picture'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

describe('the generated files in docs/', async () => {
  it.each(await generatedFiles())('$path is up to date', ({ path, text }) => {
    expect(readFileSync(ROOT + path, 'utf8')).toBe(text)
  })
})

describe('the picture of the operating table', () => {
  const picture = statechartPicture()

  it('has an arrow for every change of state, and no other', () => {
    const drawn = [...picture.matchAll(/From (.+?) to (.+?): (.+?)\./g)].flatMap(
      ([, from = '', to = '', stimuli = '']) =>
        members(from).flatMap((state) => {
          const ends = new Set<string>(members(to))
          // To program the therapy in force anew is drawn with the others, and changes no state.
          return (stimuli.split(', ') as Stimulus[])
            .filter((stimulus) => nextOf(state, stimulus) !== state)
            .map((stimulus) => `${state}, ${stimulus}: ${ends.has(nextOf(state, stimulus)) ? 'there' : 'not there'}`)
        }),
    )
    const states = Object.keys(OPERATING) as OperatingState[]
    const changes = states.flatMap((state) =>
      (Object.keys(OPERATING[state]) as Stimulus[])
        .filter((stimulus) => nextOf(state, stimulus) !== state)
        .map((stimulus) => `${state}, ${stimulus}: there`),
    )
    expect([...new Set(drawn)].toSorted()).toEqual(changes.toSorted())
  })

  it('lets no label touch another, a state or the edge', () => {
    const labels = [
      ...picture.matchAll(/<text class="label" text-anchor="(\w+)" x="([\d.]+)" y="([\d.]+)">([^<]*)</g),
    ].map(([, anchor, x, y, text = '']) => extent(text, anchor, Number(x), Number(y)))
    const states = [...picture.matchAll(/<rect class="box \w+" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)].map(
      ([box, ...sides]) => {
        const [left = 0, top = 0, width = 0, height = 0] = sides.map(Number)
        return { what: box, left, top, right: left + width, bottom: top + height }
      },
    )
    expect(labels.length).toBeGreaterThan(15)
    expect(states).toHaveLength(Object.keys(OPERATING).length)
    const touching = labels.flatMap((label, index) =>
      [...labels.slice(index + 1), ...states]
        .filter((other) => meet(label, other))
        .map(({ what }) => [label.what, what]),
    )
    expect(touching).toEqual([])
    const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(picture) ?? []).map(Number)
    for (const { left, right, top, bottom, what } of labels) {
      expect([left >= 0, right <= width, top >= 0, bottom <= height], what).toEqual([true, true, true, true])
    }
  })
})

function members(end: string): readonly OperatingState[] {
  return end in FRAMES ? FRAMES[end as Frame] : [end as OperatingState]
}

/** The state after a stimulus; a refusal leaves it as it was. */
function nextOf(state: OperatingState, stimulus: Stimulus): OperatingState {
  const transition = OPERATING[state][stimulus]
  return 'refuse' in transition ? state : transition.next
}

interface Extent {
  readonly what: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where a label of 12 pixels lies, by the broadest of its typefaces: 6.8 pixels a character on average. */
function extent(text: string, anchor: string | undefined, x: number, y: number): Extent {
  const width = text.length * 6.8
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
  return { what: text, left, right: left + width, top: y - 10, bottom: y + 3 }
}

function meet(a: Extent, b: Extent): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
