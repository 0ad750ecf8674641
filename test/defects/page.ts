/** The page docs/DEFECTS.md: every seeded defect and who finds it. */
import { type Defect, type Hunter, nameOf } from './defect.ts'

/** What each hunter found a defect by, in words; null where it did not, absent where it was not asked. */
export type Found = Readonly<Record<string, Readonly<Partial<Record<Hunter, string | null>>>>>

const OPENING = `# Who finds which mistake

A test suite is worth what it finds. Into the firmware of the pump and into that of the rig a mistake is put, one at a time and such
as programmers make, and the bench is let loose on it. It must be found, and the sound firmware must not be.

| hunter | runs | finds it when |
| --- | --- | --- |
| library | a scenario of \`scenarios/\` | the scenario does not end as it says |
| matrix | an entry of the [catalogue of faults](FAULTS.md) put into a scenario, as \`run --fault\` does | the verdict, or who noticed what and when, is not that of the sound firmware |
| explore | seeds 1 to 100 of generated scenarios, four days each | an invariant does not hold |

Of a mistake in the rig firmware the hunters run the image that avr-gcc makes of it on the emulated controller, and steps at other
ticks than those of the sound firmware count as found too. The judge, the oracle and the plant are sound throughout.

The search stops at the first find of each hunter. \`-\` is one that looked and found nothing: the library where all its scenarios
of this table pass, the matrix where every entry comes out the same in one scenario of half a day, \`explore\` where its few seeds
do. That is no verdict on the hunter: a mistake in what a second copy of the record is for takes power to fail in the middle of a
write. Where nothing stands nobody was asked, and \`explore\` has no use for a rig.

\`npm run defects\` makes the search and this page. The tests hold each mistake to the hunter in bold, so that what is found stays found.
`

export function pageOf(defects: readonly Defect[], found: Found): string {
  const table = (rows: readonly Defect[]) =>
    [
      '| module | mistake | library | matrix | explore |',
      '| --- | --- | --- | --- | --- |',
      ...rows.map(({ id, file, mistake, hunts }) => {
        const cell = (hunter: Hunter) => {
          if (hunts[0].by === hunter) return `**${nameOf(hunts[0])}**`
          const by = found[id]?.[hunter]
          return by === undefined ? '' : (by ?? '-')
        }
        return `| \`${moduleOf(file)}\` | ${mistake} | ${cell('library')} | ${cell('matrix')} | ${cell('explore')} |`
      }),
    ].join('\n')
  const pump = defects.filter((defect) => !defect.file.endsWith('.c') && !defect.file.endsWith('.h'))
  const rig = defects.filter((defect) => !pump.includes(defect))
  return `${OPENING}
## In the pump

${pump.length} mistakes; every file of \`firmware-sim/\` has one, but for those that hold types and names alone.

${table(pump)}

## In the rig firmware

${rig.length} mistakes in \`hil/rig/firmware/\`.

${table(rig)}
`
}

function moduleOf(file: string): string {
  return file.replace(/^firmware-sim\/|^hil\/rig\/firmware\//, '')
}
