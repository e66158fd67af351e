//! Object identifiers, and those of the system catalogs.
use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// An OID. It has a meaning only on the server and in the database it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Oid(pub u32);

impl Oid {
    /// Whether it is `InvalidOid` (0).
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether initdb made the object: OIDs below `FirstNormalObjectId` (access/transam.h).
    pub fn is_builtin(self) -> bool {
        self.0 < 16384
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `row_to_json` writes an OID as a string, a cast to int8 as a number; both are read.
impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Oid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an OID")
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Oid, E> {
                u32::try_from(value).map(Oid).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Oid, E> {
                value.parse().map(Oid).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// OIDs of system catalogs: fixed in `src/include/catalog/pg_*.h`, the same on every server.
pub mod catalog {
    use super::Oid;

    /// `pg_default_acl`
    pub const DEFAULT_ACL: Oid = Oid(826);
    /// `pg_type`
    pub const TYPE: Oid = Oid(1247);
    /// `pg_proc`
    pub const PROC: Oid = Oid(1255);
    /// `pg_class`
    pub const CLASS: Oid = Oid(1259);
    /// `pg_authid`
    pub const AUTHID: Oid = Oid(1260);
    /// `pg_auth_members`
    pub const AUTH_MEMBERS: Oid = Oid(1261);
    /// `pg_database`
    pub const DATABASE: Oid = Oid(1262);
    /// `pg_am`
    pub const AM: Oid = Oid(2601);
    /// `pg_amop`
    pub const AMOP: Oid = Oid(2602);
    /// `pg_amproc`
    pub const AMPROC: Oid = Oid(2603);
    /// `pg_attrdef`
    pub const ATTRDEF: Oid = Oid(2604);
    /// `pg_cast`
    pub const CAST: Oid = Oid(2605);
    /// `pg_constraint`
    pub const CONSTRAINT: Oid = Oid(2606);
    /// `pg_conversion`
    pub const CONVERSION: Oid = Oid(2607);
    /// `pg_inherits`; never in `pg_depend`, used for our own ATTACH and INHERIT items
    pub const INHERITS: Oid = Oid(2611);
    /// `pg_language`
    pub const LANGUAGE: Oid = Oid(2612);
    /// `pg_largeobject`, by which comments and security labels name a large object
    pub const LARGE_OBJECT: Oid = Oid(2613);
    /// `pg_namespace`
    pub const NAMESPACE: Oid = Oid(2615);
    /// `pg_opclass`
    pub const OPCLASS: Oid = Oid(2616);
    /// `pg_operator`
    pub const OPERATOR: Oid = Oid(2617);
    /// `pg_opfamily`
    pub const OPFAMILY: Oid = Oid(2753);
    /// `pg_rewrite`
    pub const REWRITE: Oid = Oid(2618);
    /// `pg_sequence`; never in `pg_depend`, used for our own OWNED BY items
    pub const SEQUENCE: Oid = Oid(2224);
    /// `pg_trigger`
    pub const TRIGGER: Oid = Oid(2620);
    /// `pg_extension`
    pub const EXTENSION: Oid = Oid(3079);
    /// `pg_collation`
    pub const COLLATION: Oid = Oid(3456);
    /// `pg_transform`
    pub const TRANSFORM: Oid = Oid(3576);
    /// `pg_policy`
    pub const POLICY: Oid = Oid(3256);
    /// `pg_foreign_server`
    pub const FOREIGN_SERVER: Oid = Oid(1417);
    /// `pg_user_mapping`
    pub const USER_MAPPING: Oid = Oid(1418);
    /// `pg_foreign_data_wrapper`
    pub const FOREIGN_DATA_WRAPPER: Oid = Oid(2328);
    /// `pg_statistic_ext`
    pub const STATISTIC_EXT: Oid = Oid(3381);
    /// `pg_event_trigger`
    pub const EVENT_TRIGGER: Oid = Oid(3466);
    /// `pg_ts_dict`
    pub const TS_DICT: Oid = Oid(3600);
    /// `pg_ts_parser`
    pub const TS_PARSER: Oid = Oid(3601);
    /// `pg_ts_config`
    pub const TS_CONFIG: Oid = Oid(3602);
    /// `pg_ts_template`
    pub const TS_TEMPLATE: Oid = Oid(3764);
    /// `pg_subscription`
    pub const SUBSCRIPTION: Oid = Oid(6100);
    /// `pg_publication`
    pub const PUBLICATION: Oid = Oid(6104);
    /// `pg_publication_rel`
    pub const PUBLICATION_REL: Oid = Oid(6106);
    /// `pg_publication_namespace`
    pub const PUBLICATION_NAMESPACE: Oid = Oid(6237);
}
