//! The PJSIP channel technology.
