import { Route, Routes } from "react-router";
import { Person } from "./Person";
import "./people.css";
import { Search } from "./Search";

/** `/people` finds somebody, `/people/<type>:<value>` is everything about one. */
export default function People() {
  return (
    <Routes>
      <Route index element={<Search />} />
      <Route path="*" element={<Person />} />
    </Routes>
  );
}
