/** docs/FAULTS.md: the catalogue of faults as a page, made from the entries themselves. */
import { FAULTS } from '#hil/fault/catalogue'
import { type CatalogueEntry, CONDITIONS, type Detector, type FaultGroup } from '#hil/fault/catalogue-entry'
import { markdownTable } from '#scripts/markdown'

const GROUPS: readonly (readonly [group: FaultGroup, title: string])[] = [
  ['plant', 'Motor, tube, reservoir and catheter'],
  ['link', 'Link and telemetry'],
  ['power', 'Supply and cell'],
  ['memory', 'Memory'],
  ['clock', 'Clock'],
  ['programming', 'Programming errors'],
]

const DETECTED: Readonly<Record<Detector, string>> = {
  refused: 'the pump, which refuses it',
  warned: 'the programmer, who is warned',
  alarmed: 'the pump, which alarms',
  'volume-check': 'the bench, by volume',
  'dose-check': 'the bench, by the drug at the tip',
  reconciliation: 'the refill',
  nobody: 'nobody',
}

const HEADS = ['fault', 'what happens, with which figures', 'who notices first, and why nobody sooner', 'known from']

/** The whole page. */
export function faultsPage(): string {
  const sections = GROUPS.flatMap(([group, title]) => {
    const entries = FAULTS.filter((entry) => entry.group === group)
    return entries.length === 0 ? [] : [`## ${title}\n\n${markdownTable(HEADS, entries.map(rowOf))}`]
  })
  return `${[opening(), ...sections].join('\n\n')}\n`
}

function opening(): string {
  return `# What can go wrong

<!-- Written by npm run docs from the catalogue itself: change the entries, not this page. -->

The ${FAULTS.length} entries of the catalogue of faults. \`npx pumpbench faults\` lists them, \`npx pumpbench faults NAME\` shows one, and
\`--json\` gives them to programs. An entry knows how to put itself into any scenario, where that has room for it: faults of
the device as lines of [\`faults\`](SCENARIOS.md#faults), programming errors in what is programmed, filled or asked for. What
each kind of fault leaves out of the real one is told in [FIDELITY.md](FIDELITY.md).

Who notices first is what is to be expected on a bench with the default checks; what a run finds is stated by the run. The
figures are those that the catalogue itself takes; a scenario may say others.`
}

function rowOf(entry: CatalogueEntry): string[] {
  const { name, mechanism, parameters, source, expected, because, carriedBy } = entry
  const figures = parameters.map(
    ({ name: key, meaning, range, taken }) => `\`${key}\`, ${meaning} (${range}): ${taken}`,
  )
  const rigs = carriedBy.includes('wire')
    ? []
    : [`Only on the rigs ${carriedBy.map((rig) => `\`${rig}\``).join(' and ')}.`]
  const what = [mechanism, ...(figures.length === 0 ? [] : [`${figures.join('; ')}.`]), ...rigs].join(' ')
  return [`\`${name}\``, cell(what), cell(`**${DETECTED[expected]}**: ${because}${otherwiseText(entry)}`), cell(source)]
}

/** `; or **the refill**, where the reservoir runs dry`, for each who may be first instead. */
function otherwiseText({ otherwise = [] }: CatalogueEntry): string {
  return otherwise.map(({ expected, where }) => `; or **${DETECTED[expected]}**, where ${CONDITIONS[where]}`).join('')
}

/** Text of a table: a bar would end its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
