/**
 * What serves each environment: one manager for all, or one that is made of the bindings a Worker is given, once for
 * each `env` object, and kept as long as that.
 */
export function byEnv<Env, Manager extends object>(
  source: Manager | ((env: Env) => Manager),
): (env: Env) => Manager {
  if (typeof source !== 'function') return () => source
  const managers = new WeakMap<object, Manager>()
  const nowhere = {}
  return (env) => {
    const key = env ?? nowhere
    const manager = managers.get(key) ?? source(env)
    managers.set(key, manager)
    return manager
  }
}
