/** Times of recovery targets. Pure. */

const form = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::(\d\d)(\.\d+)?)? ?(?:(Z|UTC)|([+-]\d\d)(?::?(\d\d))?)$/;

/**
 * The one form that PostgreSQL and pgBackRest both take: with a space, seconds, and the zone as a number. pgBackRest
 * refuses ISO 8601's `T` and `Z` where it has to choose a backup ("automatic backup set selection cannot be performed
 * with provided time", getEpoch() in its src/command/restore/restore.c). What has no such form is given back as it is.
 */
export function recoveryTime(text: string): string {
  const [, date, minutes, seconds = '00', fraction = '', utc, hours, rest] = form.exec(text) ?? [];
  if (date === undefined) return text;
  const zone = utc === undefined ? `${hours}${rest === undefined ? '' : `:${rest}`}` : '+00';
  return `${date} ${minutes}:${seconds}${fraction}${zone}`;
}

/** Milliseconds since 1970; undefined without a zone, or when there is no such day or hour. */
export function parseRecoveryTime(text: string): number | undefined {
  const [, date, minutes, seconds = '00', fraction = '', utc, hours, rest = '00'] = form.exec(text) ?? [];
  if (date === undefined) return undefined;
  const local = Date.parse(`${date}T${minutes}:${seconds}Z`);
  // The 30th of February is read as the 2nd of March by Date.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 10) !== date) return undefined;
  const offset =
    utc === undefined ? Number(`${hours![0]}1`) * (Number(hours!.slice(1)) * 60 + Number(rest)) : 0;
  return local - offset * 60_000 + Math.floor(Number(`0${fraction}`) * 1000);
}

/** In UTC, to the second, in the form of `recoveryTime`. */
export function shownTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}+00`;
}
