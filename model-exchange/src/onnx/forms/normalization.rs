//! Normalisation, by what was learnt or by the tensor itself.

use model_graph::layers::{BatchNormalization, GroupNormalization, LayerNormalization, RMSNormalization, UnitNormalization};

use model_graph::dim::Dim;
use model_graph::shape::Shape;

use super::super::attribute::Attribute;
use super::super::call::{Call, Formed, Reason, few, longs};
use super::Form;

impl Call<'_, '_> {
    /// A tensor less its mean along axes, divided by the root of its variance.
    fn normalized(&mut self, x: &str, axes: &[i64], epsilon: f64) -> String {
        let mean = self.reduce("ReduceMean", x, axes, true);
        let centred = self.op("Sub", &[x, &mean]);
        let square = self.op("Mul", &[&centred, &centred]);
        let variance = self.reduce("ReduceMean", &square, axes, true);
        let sum = self.with_number("Add", &variance, epsilon);
        let root = self.op("Sqrt", &[&sum]);
        self.op("Div", &[&centred, &root])
    }

    /// A weight along some axes of a tensor, stretched along the others: the elements as they lie, also where the axes were named in another order.
    fn stretched(&mut self, name: &str, axes: &[i64], shape: &Shape) -> Result<Option<String>, Reason> {
        let Some(weight) = self.find(name) else { return Ok(None) };
        let size = |(axis, dim): (i64, &Dim)| if axes.contains(&axis) { dim.size().unwrap_or(1) } else { 1 };
        let sizes: Vec<usize> = (1..).zip(&shape.0).map(size).collect();
        let order: Vec<usize> = (0..weight.sizes.len()).collect();
        self.weight_in(name, &order, Some(sizes)).map(Some)
    }

    /// What is multiplied and added behind.
    fn scaled(&mut self, mut y: String, gamma: Option<String>, beta: Option<String>) -> String {
        if let Some(gamma) = gamma {
            y = self.op("Mul", &[&y, &gamma]);
        }
        match beta {
            Some(beta) => self.op("Add", &[&y, &beta]),
            None => y,
        }
    }
}

impl Form for BatchNormalization {
    const ONNX: &'static str = "`BatchNormalization`, with the moving statistics";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let Some(axis) = self.axis.in_sample(x.ty.shape.rank()) else { return Err("it has no such axis".into()) };
        let (axes, axis) = (x.axes(), axis + 1);
        let (mean, variance) = (call.weight("moving_mean")?, call.weight("moving_variance")?);
        let channels = call.get("moving_mean")?.sizes.iter().product();
        let gamma = match call.maybe_weight("gamma") {
            Some(gamma) => gamma,
            None => call.numbers(&[channels], &vec![1.0; channels]),
        };
        let beta = match call.maybe_weight("beta") {
            Some(beta) => beta,
            None => call.numbers(&[channels], &vec![0.0; channels]),
        };
        let order: Vec<usize> = [0, axis].into_iter().chain((1..axes).filter(|&other| other != axis)).collect();
        let back: Vec<usize> = (0..axes).filter_map(|axis| order.iter().position(|&other| other == axis)).collect();
        let y = call.transpose(&x.name, &order);
        let epsilon = [("epsilon", Attribute::Float(self.epsilon.0 as f32))];
        let y = call.op_with("BatchNormalization", &[&y, &gamma, &beta, &mean, &variance], &epsilon);
        Ok(vec![call.transpose(&y, &back)])
    }
}

impl Form for LayerNormalization {
    const ONNX: &'static str = "`LayerNormalization` where its axes are the last ones, else what makes it up";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let rank = x.ty.shape.rank();
        let mut axes = call.axes(&self.axis.0, rank);
        axes.sort_unstable();
        let first = (rank + 1 - axes.len()) as i64;
        let sizes =
            x.ty.shape.0.get(first as usize - 1..).map(|sizes| sizes.iter().map(Dim::size).collect::<Option<Vec<usize>>>());
        if let (true, Some(Some(sizes))) = (axes.first() == Some(&first), sizes) {
            few(&sizes)?;
            // The elements as they lie, also where the axes were named in another order.
            let order: Vec<usize> = (0..sizes.len()).collect();
            let weight = |call: &mut Call<'_, '_>, name| call.weight_in(name, &order, Some(sizes.clone())).ok();
            let gamma = match weight(call, "gamma") {
                Some(gamma) => gamma,
                None => call.numbers(&sizes, &vec![1.0; sizes.iter().product()]),
            };
            let beta = weight(call, "beta");
            let inputs: Vec<&str> = [x.name.as_str(), &gamma].into_iter().chain(beta.as_deref()).collect();
            let attributes = [("axis", Attribute::Int(first)), ("epsilon", Attribute::Float(self.epsilon.0 as f32))];
            return Ok(vec![call.op_with("LayerNormalization", &inputs, &attributes)]);
        }
        let y = call.normalized(&x.name, &axes, self.epsilon.0);
        let (gamma, beta) = (call.stretched("gamma", &axes, &x.ty.shape)?, call.stretched("beta", &axes, &x.ty.shape)?);
        Ok(vec![call.scaled(y, gamma, beta)])
    }
}

impl Form for GroupNormalization {
    const ONNX: &'static str = "`Reshape`, `ReduceMean` twice and what makes up the rest";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let rank = x.ty.shape.rank();
        let Some(axis) = self.axis.in_sample(rank) else { return Err("it has no such axis".into()) };
        let Some(channels) = x.ty.shape.0.get(axis).and_then(|dim| dim.size()) else {
            return Err("its channels have no known size".into());
        };
        let groups = self.groups.0.unwrap_or(channels);
        let mut apart = x.ty.shape.0.clone();
        apart.splice(axis..=axis, [Dim::from(groups), Dim::from(channels / groups.max(1))]);
        let grouped = call.reshape(&x.name, &apart)?;
        let axes: Vec<usize> = (1..=apart.len()).filter(|&own| own != axis + 1).collect();
        let y = call.normalized(&grouped, &longs(&axes), self.epsilon.0);
        let y = call.reshape(&y, &x.ty.shape.0)?;
        let axes = [axis as i64 + 1];
        let (gamma, beta) = (call.stretched("gamma", &axes, &x.ty.shape)?, call.stretched("beta", &axes, &x.ty.shape)?);
        Ok(vec![call.scaled(y, gamma, beta)])
    }
}

impl Form for RMSNormalization {
    const ONNX: &'static str = "`ReduceMean`, `Sqrt`, `Div` and `Mul`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let axes = call.axes(&self.axis.0, x.ty.shape.rank());
        let square = call.op("Mul", &[&x.name, &x.name]);
        let mean = call.reduce("ReduceMean", &square, &axes, true);
        let sum = call.with_number("Add", &mean, self.epsilon.0);
        let root = call.op("Sqrt", &[&sum]);
        let y = call.op("Div", &[&x.name, &root]);
        let scale = call.stretched("scale", &axes, &x.ty.shape)?;
        Ok(vec![call.scaled(y, scale, None)])
    }
}

impl Form for UnitNormalization {
    const ONNX: &'static str = "`ReduceSum`, `Max`, `Sqrt` and `Div`";

    fn form(&self, call: &mut Call<'_, '_>) -> Formed {
        let x = call.input(0)?;
        let axes = call.axes(&self.axis, x.ty.shape.rank());
        // The least length's square.
        call.unit(&x.name, &axes, 1e-24).map(|y| vec![y])
    }
}
