/** `Value` if JSON carries it as it is, else a type that nothing can be assigned to. */
export type JsonValueOf<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends bigint | symbol | ((...args: never[]) => unknown)
    ? never
    : Value extends object
      ? { [Key in keyof Value]: JsonValueOf<Value[Key]> }
      : unknown extends Value
        ? Value
        : never

/** An object type whose members JSON carries as they are; `Date`, `Map`, functions and class instances are not among them. */
export type JsonShape<Shape> = { [Key in keyof Shape]: JsonValueOf<Shape[Key]> }
