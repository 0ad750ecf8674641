/**
 * Three projects. `fast` is everything that runs in this process; `slow` starts processes (the command, npm), gets longer
 * and is given a freshly built bundle; `long` takes minutes and is run by `npm run test:long` alone.
 *
 * Files of a project share a process and with it the modules they load, which keep no state: loading them anew for every
 * file costs more than many a file does. Each has ports and folders of its own, so that any two can run side by side.
 */
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const SLOW = ['test/package/**/*.test.ts', 'test/cli/**/*.test.ts']
const LONG = ['test/**/*.long.test.ts']

/** Begun first, the longest first, so that no core waits for one of them at the end. */
const FIRST = [
  'package/pack',
  'cli/wires',
  'cli/campaign',
  'cli/pump',
  'cli/c-pump',
  'rig/library',
  'wires/virtual',
  'papers/cases',
  'wires/disturbed',
  'wires/wall',
  'calibration/wall-stand',
  'explore/explore',
  'run/oracle-and-pump',
  'scenario/library',
  'firmware-sim/power',
  'rig/avr',
  'fault/injected',
  'fault/device-faults',
  'firmware-sim/any-inputs',
  'run/exact-steps',
]

/** Project by project, because a process is used again for files of one project only; then what is in {@link FIRST}. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project, moduleId }: TestSpecification) => {
      const first = FIRST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return (project.name === 'slow' ? 0 : FIRST.length + 1) + (first === -1 ? FIRST.length : first)
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    // Two cores are what there is, and much of what is tested waits for a clock on the wall.
    maxWorkers: 3,
    isolate: false,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', 'json'],
    outputFile: { json: '.test-report.json' },
    coverage: {
      provider: 'v8',
      include: ['units/**/*.ts', 'protocol/**/*.ts', 'firmware-sim/**/*.ts', 'hil/**/*.ts'],
      reporter: ['text', 'lcov'],
    },
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [...SLOW, ...LONG], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: SLOW,
          globalSetup: ['test/package/setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      { extends: true, test: { name: 'long', include: LONG, testTimeout: 600_000 } },
    ],
  },
})
