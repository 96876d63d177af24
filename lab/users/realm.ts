/** The realm whose users make the traffic. */
export interface UsersRealm {
  name: string;
  client: {
    /** Public, with the standard flow and direct access grants. */
    id: string;
    redirectUri: string;
  };
  /** One per worker: brute force detection refuses concurrent right logins of one user. */
  users: readonly RealmUser[];
  /** May manage the users of the realm and read its brute force counters; of the realm `master`. */
  admin: { username: string; password: string };
}

export interface RealmUser {
  username: string;
  password: string;
}
