/** Words of the form and of what is taken with it: `key: [Chinese, English]`. */
export const forms = {
  'form.back': ['返回', 'Back'],
} as const satisfies Record<string, readonly [string, string]>;
