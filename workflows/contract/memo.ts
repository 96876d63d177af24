/** The key under which a run's memo holds its `RunMemo`. */
export const memoKey = 'sitewarden';
