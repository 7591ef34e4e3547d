//! Functions that need nothing but their arguments and the scope.
/// x
pub fn find(_name: &str) -> Option<()> {
    None
}
