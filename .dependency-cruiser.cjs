// This table is the architecture: each module and the modules it may use. An edge added here is a decision.
const uses = {
  shared: [],
  workspaces: ['shared'],
  audit: ['workspaces', 'shared'],
  google: ['shared'],
  // What people read; which of it is said to whom is for others to decide.
  messages: ['shared'],
  // What changes state tells of it in the same statement; the outbox knows neither who changes nor who listens.
  outbox: ['shared'],
  oauth: ['google', 'messages', 'outbox', 'workspaces', 'shared'],
  calendars: ['google', 'messages', 'oauth', 'outbox', 'workspaces', 'shared'],
  configurations: ['calendars', 'workspaces', 'shared'],
  availability: ['configurations', 'calendars', 'oauth', 'workspaces', 'shared'],
  booking: ['availability', 'configurations', 'calendars', 'oauth', 'outbox', 'workspaces', 'shared'],
  // Of oauth: the link in a message, and the place of a sealed secret.
  webhooks: ['oauth', 'outbox', 'workspaces', 'shared'],
  // An e-mail tells what depends on an account that stands still.
  notifications: [
    'booking',
    'configurations',
    'calendars',
    'messages',
    'oauth',
    'outbox',
    'workspaces',
    'shared',
  ],
  // Of webhooks and e-mails: those that do not get through are issues of the report.
  health: [
    'audit',
    'booking',
    'availability',
    'configurations',
    'calendars',
    'notifications',
    'oauth',
    'webhooks',
    'workspaces',
    'shared',
  ],
  sandbox: ['shared'],
};

const modules = Object.keys(uses);

const edges = modules.map((name) => ({
  name: `${name}-uses-only-its-modules`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/[^/]+/', pathNot: [name, ...uses[name]].map((m) => `^src/${m}/`) },
}));

const privateFolders = modules.map((name) => ({
  name: `${name}-subfolders-are-private`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${name}/` },
  to: { path: `^src/${name}/[^/]+/` },
}));

module.exports = {
  forbidden: [
    ...edges,
    ...privateFolders,
    {
      name: 'modules-do-not-use-entry-points',
      severity: 'error',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'core-does-not-import-adapters',
      comment:
        'Files at the root of a module hold rules and ports; only the wiring (*.module.ts) names adapters.',
      severity: 'error',
      from: { path: '^src/(?!shared|sandbox)[^/]+/[^/]+\\.ts$', pathNot: '\\.(module|spec)\\.ts$' },
      to: { path: '^src/[^/]+/[^/]+/' },
    },
    {
      name: 'core-imports-no-packages',
      comment: 'Outside shared/, core imports no package but @nestjs/common.',
      severity: 'error',
      from: { path: '^src/(?!shared|sandbox)[^/]+/[^/]+\\.ts$', pathNot: '\\.(module|spec)\\.ts$' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'core'],
        pathNot: 'node_modules/@nestjs/common/',
      },
    },
    {
      name: 'sandbox-is-only-started-by-entry-points',
      comment: 'The stand-in for Google is reached over HTTP, like Google.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/sandbox/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'swagger-is-loaded-for-the-document-only',
      comment:
        'It is four in ten of all files that a start would load; decorators come from shared/api-decorators.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/api-docs\\.ts$' },
      to: { path: 'node_modules/@nestjs/swagger/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'dashboard-knows-the-service-by-its-types',
      comment:
        'It reaches the service over HTTP, like anybody; what is answered there is the same type on both sides.',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'service-does-not-import-the-dashboard',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^dashboard/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.(spec|d)\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
