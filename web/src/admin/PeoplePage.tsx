import { type FormEvent, useCallback, useEffect, useState } from "react";
import { api, bodyOf, Refusal } from "../api/client";
import type { components } from "../api/schema";
import { ROLE_WORDS } from "../account/session";
import { offerUndo } from "../ui/Undo";
import { ago, count, sentence } from "../ui/words";
import { OneUse } from "./OneUse";
import { PlacesMenu } from "./Places";

type Person = components["schemas"]["PersonDetail"];
type Role = Person["roles"][number];

const ROLES = Object.keys(ROLE_WORDS) as Role[];

/** Who may come in, and as what. */
export default function PeoplePage() {
  const [people, setPeople] = useState<Person[]>();
  const [problem, setProblem] = useState("");
  const [told, setTold] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [link, setLink] = useState<{ whom: string; path: string }>();
  const load = useCallback(async () => {
    setPeople(bodyOf(await api.GET("/api/people")).people);
  }, []);
  useEffect(() => void load().catch((error: unknown) => setProblem(String(error))), [load]);

  const put = async (person: Person) => {
    const { displayName, roles, isActive } = person;
    const answer = await api.PUT("/api/people/{user_name}", {
      params: { path: { user_name: person.userName } },
      body: { displayName, roles, isActive },
    });
    setProblem(answer.response.ok ? "" : inWords(answer.error));
    await load();
    return answer.response.ok;
  };
  const change = async (before: Person, after: Person, words: string) => {
    if (await put(after)) offerUndo(words, () => void put(before));
  };
  const putReasons = async (after: Person) => {
    const { userName, departments, physicianIDs } = after;
    // Shown at once: whoever types the next department must not begin from the one before last.
    setPeople((all) => all?.map((one) => (one.userName === userName ? after : one)));
    const answer = await api.PUT("/api/people/{user_name}/reasons", {
      params: { path: { user_name: userName } },
      body: { departments, physicianIDs },
    });
    setProblem(answer.response.ok ? "" : inWords(answer.error));
    if (!answer.response.ok) await load();
    return answer.response.ok;
  };
  const changeReasons = async (before: Person, after: Person) => {
    if (await putReasons(after)) offerUndo(`What ${before.displayName} sees is changed.`, () => void putReasons(before));
  };
  const invite = async (person: Person) => {
    const answer = await api.POST("/api/people/{user_name}/enrolment-link", {
      params: { path: { user_name: person.userName } },
    });
    if (answer.data) setLink({ whom: person.displayName, path: answer.data.path });
    setProblem(answer.data ? "" : inWords(answer.error));
  };

  const signOutEverywhere = async (person: Person) => {
    const answer = await api.DELETE("/api/people/{user_name}/sessions", { params: { path: { user_name: person.userName } } });
    setProblem(answer.response.ok ? "" : inWords(answer.error));
    setTold(answer.response.ok ? `${person.displayName} is signed out everywhere, and may sign in again.` : "");
  };

  return (
    <main className="desk-page">
      <h1>People</h1>
      <p className="row">
        <button type="button" className="main-act" onClick={() => setAdding(true)} disabled={isAdding}>
          Add somebody
        </button>
        <span className="faint">{people && count(people.length, "person", "people")}</span>
      </p>
      <p role="alert">{problem}</p>
      <p role="status">{told}</p>
      {link && (
        <OneUse title={`A link for ${link.whom}`} secret={window.location.origin + link.path} close={() => setLink(undefined)}>
          It works once, within a day. Give it to them by hand or by a message that only they read.
        </OneUse>
      )}
      {isAdding && (
        <AddPerson
          close={() => setAdding(false)}
          added={(whom, path) => {
            setAdding(false);
            setLink({ whom, path });
            void load();
          }}
        />
      )}
      <table className="plain">
        <thead>
          <tr>
            <th>Name</th>
            <th>User name</th>
            <th>Roles</th>
            <th>Departments</th>
            <th>Signs in by</th>
            <th>Since</th>
            <th>
              <span className="visually-hidden">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people?.map((person) => (
            <tr key={person.userName} className={person.isActive ? "" : "faint"}>
              <td>{person.displayName}</td>
              <td>{person.userName}</td>
              <td>
                <RoleMenu
                  person={person}
                  change={(roles) => void change(person, { ...person, roles }, `${person.displayName} has other roles now.`)}
                />
              </td>
              <td>
                <PlacesMenu
                  id={`places-of-${person.userName}`}
                  whose={person.displayName}
                  departments={person.departments}
                  change={(departments) => void changeReasons(person, { ...person, departments })}
                  codes={person.physicianIDs}
                  changeCodes={(physicianIDs) => void changeReasons(person, { ...person, physicianIDs })}
                />
              </td>
              <td>{stateOf(person)}</td>
              <td>{ago(person.createdAt)}</td>
              <td>
                <span className="row">
                {person.isActive && (
                  <button type="button" onClick={() => void invite(person)}>
                    {person.isEnrolled ? "Set up anew" : "New link"}
                  </button>
                )}
                {person.isActive && person.isEnrolled && (
                  <button type="button" onClick={() => void signOutEverywhere(person)} aria-label={`Sign out ${person.displayName} everywhere`}>
                    Sign out
                  </button>
                )}
                <button
                  type="button"
                  onClick={() =>
                    void change(
                      person,
                      { ...person, isActive: !person.isActive },
                      person.isActive ? `${person.displayName} may not come in any more.` : `${person.displayName} may come in again.`,
                    )
                  }
                >
                  {person.isActive ? "Shut out" : "Let in again"}
                </button>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}

function stateOf(person: Person): string {
  if (!person.isActive) return "Shut out";
  return person.ways.length > 0 ? person.ways.map((way) => WAY_WORDS[way]).join(", ") : "Not set up yet";
}

const WAY_WORDS: Record<Person["ways"][number], string> = {
  passkey: "Passkey",
  password: "Password and authenticator",
  provider: "Sign-in of the site",
};

function inWords(error: unknown): string {
  return sentence((error as { detail?: string } | undefined)?.detail ?? "it could not be changed");
}

function RoleMenu({ person, change }: { person: Person; change: (roles: Role[]) => void }) {
  const words = person.roles.map((role) => ROLE_WORDS[role]).join(", ");
  const id = `roles-of-${person.userName}`;
  return (
    <>
      <button type="button" className="quiet" popoverTarget={id} aria-label={`Roles of ${person.displayName}: ${words}`}>
        {words}
      </button>
      <div id={id} popover="auto" className="popup">
        <RoleBoxes
          chosen={person.roles}
          choose={(roles) => {
            if (roles.length > 0) change(roles);
          }}
        />
      </div>
    </>
  );
}

function RoleBoxes({ chosen, choose }: { chosen: readonly Role[]; choose: (roles: Role[]) => void }) {
  return (
    <fieldset className="boxes">
      <legend>Roles</legend>
      {ROLES.map((role) => (
        <label key={role}>
          <input
            type="checkbox"
            checked={chosen.includes(role)}
            onChange={(event) =>
              choose(ROLES.filter((one) => (one === role ? event.target.checked : chosen.includes(one))))
            }
          />
          {ROLE_WORDS[role]}
        </label>
      ))}
    </fieldset>
  );
}

function AddPerson({ close, added }: { close: () => void; added: (whom: string, path: string) => void }) {
  const [roles, setRoles] = useState<Role[]>([]);
  const [problem, setProblem] = useState("");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const displayName = String(typed.get("name") ?? "");
    try {
      const answer = await api.POST("/api/people", {
        body: { userName: String(typed.get("username") ?? "").toLowerCase(), displayName, roles },
      });
      added(displayName, bodyOf(answer).path);
    } catch (error) {
      setProblem(error instanceof Refusal ? sentence(error.message) : "The archive cannot be reached.");
    }
  };
  return (
    <form className="form card" aria-label="Add somebody" onSubmit={(event) => void submit(event)}>
      <label>
        Name, as others see it
        <input name="name" required autoFocus autoComplete="off" />
      </label>
      <label>
        User name
        <input name="username" required autoComplete="off" spellCheck={false} autoCapitalize="none" />
      </label>
      <RoleBoxes chosen={roles} choose={setRoles} />
      <p className="form-problem" role="alert">
        {problem}
      </p>
      <p className="row">
        <button type="submit" className="main-act">
          Add, and make a link
        </button>
        <button type="button" className="quiet" onClick={close}>
          Cancel
        </button>
      </p>
    </form>
  );
}
