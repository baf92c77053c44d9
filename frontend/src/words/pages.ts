/** Words of the pages, the outbox and the package: `key: [Chinese, English]`. */
export const pages = {
  'app.title': ['现场检查', 'On site'],
} as const satisfies Record<string, readonly [string, string]>;
