import { type Look, tablesOf } from "./look";

/** The screen's transfer tables for one viewport. */
export function LookFilter({ id, look }: { id: string; look: Look }) {
  const [red, green, blue] = tablesOf(look);
  return (
    <svg className="look-filter" aria-hidden="true" width="0" height="0">
      <filter id={id} colorInterpolationFilters="sRGB" x="0" y="0" width="1" height="1">
        <feComponentTransfer>
          <feFuncR type="table" tableValues={red.join(" ")} />
          <feFuncG type="table" tableValues={green.join(" ")} />
          <feFuncB type="table" tableValues={blue.join(" ")} />
        </feComponentTransfer>
      </filter>
    </svg>
  );
}
