//! Values by name.

use std::ops::Index;

/// A map from names to values, in the order of the names. It is a sorted list: with the tens of entries that a graph or a store has,
/// it is as fast as a tree and a small part of its code, which every visitor of the page downloads once per type of value.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T>(Vec<(String, T)>);

impl<T> Named<T> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Where `name` is, or else where it belongs.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    /// Puts `value` under `name`; the value that was there.
    pub fn insert(&mut self, name: impl Into<String>, value: T) -> Option<T> {
        let name = name.into();
        match self.find(&name) {
            Ok(i) => Some(std::mem::replace(&mut self.0[i].1, value)),
            Err(i) => {
                self.0.insert(i, (name, value));
                None
            }
        }
    }

    pub fn remove(&mut self, name: &str) -> Option<T> {
        self.find(name).ok().map(|i| self.0.remove(i).1)
    }

    pub fn get(&self, name: &str) -> Option<&T> {
        self.find(name).ok().map(|i| &self.0[i].1)
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Index<&str> for Named<T> {
    type Output = T;

    fn index(&self, name: &str) -> &T {
        self.get(name).expect("no value of this name")
    }
}

impl<T, N: Into<String>> FromIterator<(N, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(pairs: I) -> Self {
        let mut all = Self::new();
        for (name, value) in pairs {
            all.insert(name, value);
        }
        all
    }
}

impl<T> IntoIterator for Named<T> {
    type Item = (String, T);
    type IntoIter = std::vec::IntoIter<(String, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn keeps_names_in_order_and_the_last_value_of_each() {
        let mut named: Named<u32> = [("b", 1), ("c", 2), ("a", 3), ("b", 4)].into_iter().collect();
        assert_eq!(named.iter().collect::<Vec<_>>(), [("a", &3), ("b", &4), ("c", &2)]);
        assert_eq!((named.get("b"), named["c"], named.get("d")), (Some(&4), 2, None));
        assert_eq!(
            (named.insert("a", 5), named.insert("d", 6), named.remove("c"), named.remove("c")),
            (Some(3), None, Some(2), None)
        );
        assert_eq!(named.into_iter().collect::<Vec<_>>(), [("a".to_string(), 5), ("b".to_string(), 4), ("d".to_string(), 6)]);
    }
}
