import { useEffect, useState } from "react";
import type { InstanceAddress } from "../api/client";
import { type DataSet, fetchDataSet } from "./dicomJson";

/** An instance's attributes, or why they did not come. */
export function useDataSet(address: InstanceAddress): { set: DataSet | undefined; problem: string } {
  const [set, setSet] = useState<DataSet>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    fetchDataSet(address, leaving.signal)
      .then(setSet)
      .catch((error: unknown) => {
        if (!leaving.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => leaving.abort();
  }, [address]);
  return { set, problem };
}
