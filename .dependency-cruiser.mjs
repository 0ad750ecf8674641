/**
 * The rules of the house: which folder may see which. A type counts as much as a value, because knowing a type is
 * already knowing too much. `npm run check:house` enforces them.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'units-stand-alone',
      comment: 'Quantities are the ground floor: they know nothing of pumps, wires or benches.',
      severity: 'error',
      from: { path: '^units/' },
      to: { path: '^(?!units/|node_modules/)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'protocol-sees-units-only',
      comment: 'The wire is described without the pump or the bench at either end of it.',
      severity: 'error',
      from: { path: '^protocol/' },
      to: { path: '^(?!protocol/|units/|node_modules/)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'pump-sees-units-only',
      comment: 'The pump under test must not know what judges it, nor the wire.',
      severity: 'error',
      from: { path: '^firmware-sim/' },
      to: { path: '^(?!firmware-sim/|units/|node_modules/)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'oracle-is-independent',
      comment: 'A reference that borrowed from the pump would share its mistakes.',
      severity: 'error',
      from: { path: '^hil/oracle/' },
      to: { path: '^(?!hil/oracle/|hil/scenario/types\\.ts$|units/|node_modules/)', dependencyTypesNot: ['core'] },
    },
    {
      name: 'only-the-bench-sees-the-bench',
      comment: 'hil is on top: only hil itself, the tests and the entry points import it.',
      severity: 'error',
      from: { pathNot: '^(hil|test|scripts)/' },
      to: { path: '^hil/' },
    },
    {
      name: 'nothing-sees-the-entry-points',
      comment: 'scripts are where a process starts; only tests may reach into them.',
      severity: 'error',
      from: { pathNot: '^(scripts|test)/' },
      to: { path: '^scripts/' },
    },
    {
      name: 'nothing-sees-the-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      comment: 'Data flows one way; a cycle says that two rooms are one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'sans-io',
      comment:
        'Time, randomness, files and sockets come in as arguments. Only the rigs with a cable and the entry points ' +
        'touch the outside; computing a digest or a checksum is not touching the outside.',
      severity: 'error',
      from: { path: '^(units|protocol|firmware-sim|hil)/', pathNot: '^hil/rig/(serial|tcp)' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|util|zlib)$' },
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment:
        'What users install has only the dependencies listed as such; the door for vitest is for those who have vitest.',
      severity: 'error',
      from: {
        path: '^(units|protocol|firmware-sim|hil|scripts)/',
        pathNot: '^scripts/(bench|build|look|mutation|tally|vitest)',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-undeclared-dependencies',
      severity: 'error',
      from: {},
      // A package that is named under peerDependenciesMeta too counts as unknown beside what it is.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm', 'npm-dev', 'npm-peer'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|report|\\.mutation)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
