import type { MarkChange } from "../study/marks";
import { count } from "../ui/words";

interface Props {
  picked: number;
  mayMark: boolean;
  mark: (change: MarkChange) => void;
  openInTurn: () => void;
  clear: () => void;
}

/** What can be done with all picked studies at once. */
export function PickedBar({ picked, mayMark, mark, openInTurn, clear }: Props) {
  return (
    <div className="picked-bar" role="group" aria-label="Picked studies">
      <strong role="status">{count(picked, "study", "studies")} picked</strong>
      {mayMark && (
        <>
          <button type="button" onClick={() => mark({ isRead: true })}>
            Mark as read
          </button>
          <button type="button" onClick={() => mark({ isRead: false })}>
            Mark as unread
          </button>
          <button type="button" onClick={() => mark({ isUrgent: true })}>
            Urgent
          </button>
          <button type="button" onClick={() => mark({ isUrgent: false })}>
            Not urgent
          </button>
        </>
      )}
      <button type="button" onClick={openInTurn}>
        Read in turn
      </button>
      <button type="button" className="quiet" onClick={clear}>
        Let go
      </button>
    </div>
  );
}
