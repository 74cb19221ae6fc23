/** The store contract in Postgres's SQL, each call one statement that says by its rows what it did. */
export interface PostgresSql {
  /** id, now */
  readonly get: string
  /** id, value, expires, owner, now */
  readonly create: string
  /** value, expires, owner, id, version, now */
  readonly update: string
  /** expires, id, version, now */
  readonly touch: string
  /** id */
  readonly delete: string
  /** owner, after, now, limit */
  readonly list: string
  /** now, limit */
  readonly sweep: string
}

/** The statements for a table. Numbers are cast, as they come as text: clients differ in what they make of a number. */
export function postgresSql(table: string): PostgresSql {
  return {
    get: `SELECT id, value, version, expires FROM "${table}" WHERE id = $1 AND expires > $2::bigint`,
    create:
      `INSERT INTO "${table}" (id, value, version, expires, owner) VALUES ($1, $2, 1, $3::bigint, $4) ` +
      'ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = 1, expires = excluded.expires, ' +
      `owner = excluded.owner WHERE "${table}".expires <= $5::bigint RETURNING version`,
    update:
      `UPDATE "${table}" SET value = $1, version = version + 1, expires = $2::bigint, owner = $3 ` +
      'WHERE id = $4 AND version = $5::integer AND expires > $6::bigint RETURNING version',
    touch:
      `UPDATE "${table}" SET expires = $1::bigint ` +
      'WHERE id = $2 AND version = $3::integer AND expires > $4::bigint RETURNING version',
    delete: `DELETE FROM "${table}" WHERE id = $1`,
    list:
      `SELECT id, value, version, expires FROM "${table}" ` +
      'WHERE owner = $1 AND id > $2 AND expires > $3::bigint ORDER BY id LIMIT $4::bigint',
    // an array, so that the rows are chosen once and not again for each row that they are joined with
    sweep:
      `DELETE FROM "${table}" WHERE id = ANY (ARRAY(SELECT id FROM "${table}" ` +
      'WHERE due <= $1::bigint ORDER BY due LIMIT $2::bigint FOR UPDATE SKIP LOCKED)) RETURNING version',
  }
}
