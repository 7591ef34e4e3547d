//! The operations, each on the sections it means.

use super::step::{Operation, Options, Value};
use super::{Edit, Refused};

/// A variable with the value to look for or to write.
pub(super) struct Wanted<'a> {
    pub(super) variable: &'a str,
    pub(super) value: &'a Value,
}

impl Edit<'_> {
    pub(super) fn operate(
        &mut self,
        category: &str,
        operation: Operation,
        options: &Options,
    ) -> Result<(), Refused> {
        match operation {
            Operation::NewCategory { before } => {
                self.new_category(category, before.as_deref(), options)
            }
            Operation::RenameCategory { to } => {
                let ids = self.meant(category, options)?;
                ids.into_iter().try_for_each(|id| self.rename(id, &to))
            }
            Operation::DeleteCategory => match self.meant(category, options) {
                Err(Refused::NoSuchCategory) if options.ignore_error => Ok(()),
                ids => ids?.into_iter().try_for_each(|id| self.delete_category(id)),
            },
            Operation::EmptyCategory => {
                let ids = self.meant(category, options)?;
                ids.into_iter().try_for_each(|id| self.empty(id))
            }
            Operation::Update {
                variable,
                value,
                matching,
            } => {
                let wanted = Wanted {
                    variable: &variable,
                    value: &value,
                };
                self.each(category, options, |edit, id| {
                    edit.update(id, &wanted, matching.as_deref())
                })
            }
            Operation::Delete {
                variable,
                matching,
                line,
            } => {
                let done = self.each(category, options, |edit, id| {
                    edit.delete(id, variable.as_deref(), matching.as_deref(), line)
                });
                match done {
                    Err(Refused::NotUpdated) if options.ignore_error => Ok(()),
                    done => done,
                }
            }
            Operation::Append { variable, value } => {
                let wanted = Wanted {
                    variable: &variable,
                    value: &value,
                };
                self.each(category, options, |edit, id| {
                    edit.add(id, usize::MAX, &wanted).map(|()| true)
                })
            }
            Operation::Insert {
                variable,
                value,
                line,
            } => {
                let wanted = Wanted {
                    variable: &variable,
                    value: &value,
                };
                self.each(category, options, |edit, id| {
                    edit.add(id, line, &wanted).map(|()| true)
                })
            }
        }
    }

    /// The sections of a name that the options mean; at least one.
    fn meant(&self, category: &str, options: &Options) -> Result<Vec<u32>, Refused> {
        let filter = options.filter()?;
        let meant = self.sections.iter().filter(|meant| {
            meant.section.name.eq_ignore_ascii_case(category) && filter(&meant.section)
        });
        let ids: Vec<u32> = meant.map(|meant| meant.id).collect();
        if ids.is_empty() {
            return Err(Refused::NoSuchCategory);
        }
        Ok(ids)
    }

    /// Does something to each section meant; it must be done in one of them at least.
    fn each(
        &mut self,
        category: &str,
        options: &Options,
        act: impl Fn(&mut Self, u32) -> Result<bool, Refused>,
    ) -> Result<(), Refused> {
        let mut done = false;
        for id in self.meant(category, options)? {
            done |= act(self, id)?;
        }
        if done {
            Ok(())
        } else {
            Err(Refused::NotUpdated)
        }
    }

    pub(super) fn index(&self, id: u32) -> Result<usize, Refused> {
        let found = self.sections.iter().position(|meant| meant.id == id);
        found.ok_or(Refused::NotSaved)
    }
}
